//! `till doctor`: whether this machine and these settings can serve, line by line, with what to do.

mod checks;
mod database;
mod mail;

use std::time::Duration;

use serde::Serialize;

use crate::{
    config::{Doctor, ProductionSettings, ServerSettings},
    files,
    stop::{Stop, say},
};

/// The time that others have to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// The settings that are checked, and for which command.
struct Wanted<'a> {
    settings: &'a ServerSettings,
    production: &'a ProductionSettings,
    /// True for `till dev`: it made the data folder, and what only `till serve` needs is not set.
    is_dev: bool,
}

impl<'a> Wanted<'a> {
    fn of(doctor: &'a Doctor) -> Self {
        let (settings, production) = (&doctor.server, &doctor.production);
        let is_for_production =
            settings.processor.is_some() || settings.public.public_url.is_some();
        Self {
            settings,
            production,
            is_dev: !is_for_production && files::notes_path(&settings.database.data_dir).exists(),
        }
    }
}

/// The status of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Warn,
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    status: Status,
    message: String,
    /// The advice; empty where there is nothing to do.
    advice: String,
}

/// The findings so far.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(
        &mut self,
        check: &'static str,
        status: Status,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.0.push(Finding {
            check,
            status,
            message: message.into(),
            advice: advice.into(),
        });
    }

    fn ok(&mut self, check: &'static str, message: impl Into<String>) {
        self.add(check, Status::Ok, message, "");
    }

    fn warn(&mut self, check: &'static str, message: impl Into<String>, advice: impl Into<String>) {
        self.add(check, Status::Warn, message, advice);
    }

    fn fail(&mut self, check: &'static str, message: impl Into<String>, advice: impl Into<String>) {
        self.add(check, Status::Fail, message, advice);
    }

    /// The value of a setting; where it is refused, the sentence that says what to do is a finding.
    fn setting<T>(&mut self, check: &'static str, read: Result<T, Stop>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(Stop::Settings(words) | Stop::Failed(words)) => {
                self.fail(check, words, "");
                None
            }
        }
    }

    fn count(&self, status: Status) -> usize {
        self.0.iter().filter(|one| one.status == status).count()
    }
}

#[derive(Serialize)]
struct Report<'a> {
    ok: bool,
    checks: &'a [Finding],
}

/// Looks at everything and says it; an error where something must be mended.
pub async fn run(doctor: &Doctor) -> Result<(), Stop> {
    let mut found = Findings::default();
    let wanted = Wanted::of(doctor);
    checks::data_folder(&wanted, &mut found);
    checks::settings(&wanted, &mut found);
    checks::public_url(&wanted, &mut found).await;
    checks::permissions(&wanted, &mut found);
    database::database(&wanted.settings.database, &mut found).await;
    checks::disk(&wanted, &mut found);
    checks::files(wanted.settings, &mut found).await;
    checks::processor(&wanted, &mut found).await;
    mail::mail(&wanted, doctor.mail_to.as_deref(), &mut found).await;
    checks::others(&wanted, &mut found);
    let fails = found.count(Status::Fail);
    if doctor.json {
        let report = Report {
            ok: fails == 0,
            checks: &found.0,
        };
        say(serde_json::to_string_pretty(&report).map_err(Stop::failed)?);
    } else {
        found.0.iter().for_each(|one| say(line(one)));
    }
    match fails {
        0 => Ok(()),
        1 => Err(Stop::failed("one check failed: fix it and try again.")),
        n => Err(Stop::failed(format!(
            "{n} checks failed: fix them and try again."
        ))),
    }
}

fn line(one: &Finding) -> String {
    let status = match one.status {
        Status::Ok => "ok  ",
        Status::Warn => "warn",
        Status::Fail => "FAIL",
    };
    let line = format!("{status}  {:<11} {}", one.check, one.message);
    match one.advice.is_empty() {
        true => line,
        false => format!("{line}\n      {:<11} -> {}", "", one.advice),
    }
}
