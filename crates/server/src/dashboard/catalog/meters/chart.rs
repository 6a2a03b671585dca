//! The chart on a meter's page: the units of each of the last thirty days.

use askama::Template;
use jiff::tz::TimeZone;
use till_core::kernel::report_period::ReportPeriod;
use till_wire::meters::{Aggregation, Meter};

use crate::{
    actions,
    dashboard::{
        access::Viewer,
        catalog::usage::units,
        chart::{Chart, Form, Plan, Series, Unit, labels},
        detail::Part,
    },
    error::{ApiError, Result},
    http::extract::{Params, scope},
};

const PERIOD: ReportPeriod = ReportPeriod::Month;

/// The chart as a part of the meter's page, in the viewer's days.
pub async fn part(viewer: &Viewer, meter: &Meter) -> Result<Part> {
    let caller = viewer.may::<scope::MetersRead>()?;
    let now = viewer.app.context_of(&viewer.organization).now;
    let (name, zone) = match viewer.zone.iana_name() {
        Some(name) => (name, &viewer.zone),
        None => ("UTC", &TimeZone::UTC),
    };
    let boundaries = PERIOD.boundaries(now, zone);
    let (Some(first), Some(end)) = (boundaries.first(), boundaries.last()) else {
        return Err(ApiError::internal("a period has no days"));
    };
    let params = Params::parse(
        &url::form_urlencoded::Serializer::new(String::new())
            .append_pair("start_timestamp", &first.to_string())
            .append_pair("end_timestamp", &end.to_string())
            .append_pair("interval", "day")
            .append_pair("timezone", name)
            .finish(),
    );
    let counted = actions::meters::quantities(&caller, meter.id, params).await?;
    let values: Vec<f64> = counted.quantities.iter().map(|day| day.quantity).collect();
    let is_whole = values.iter().all(|value| value.fract() == 0.0);
    let (unit, factor) = match is_whole {
        true => (Unit::Count, 1.0),
        false => (Unit::Thousandths, 1_000.0),
    };
    let adds_up = matches!(
        meter.aggregation,
        Aggregation::Count | Aggregation::Sum { .. }
    );
    let title = match adds_up {
        true => "Units per day",
        false => "Quantity of each day",
    };
    let chart = Chart::new(Plan {
        id: "units",
        title: title.to_owned(),
        description: format!("{title} of {} in the last thirty days.", meter.name),
        headline: Some(units(counted.total)),
        when: "Day",
        labels: labels(PERIOD, &PERIOD.days(now, zone)),
        series: vec![Series {
            name: title.to_owned(),
            values: values
                .iter()
                .map(|value| Some((value * factor).round() as i64))
                .collect(),
        }],
        unit,
        form: if adds_up { Form::Bars } else { Form::Line },
    });
    let html = chart.render().map_err(ApiError::internal)?;
    Ok(Part::Html("Last thirty days", html))
}
