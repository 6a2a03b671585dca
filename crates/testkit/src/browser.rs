//! Somebody's browser: it keeps cookies and says where its forms come from.

use std::{collections::BTreeMap, sync::Mutex, time::Duration};

use axum::{
    body::Body,
    http::{Request, header},
};
use till_core::{
    kernel::{
        changes::Changes,
        records::{Member, Role, SignInMethod, User},
    },
    people::{
        self,
        sign_in::{self, Device},
    },
};

use crate::{Answer, Till, pages::encoded};

/// A browser without script.
#[derive(Debug)]
pub struct Browser {
    till: Till,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Till {
    /// A browser in which nobody is signed in.
    pub fn browser(&self) -> Browser {
        Browser {
            till: self.anonymous(),
            cookies: Mutex::default(),
        }
    }

    /// The browser of the organization's owner, signed in.
    pub async fn dashboard(&self) -> Browser {
        let email = format!("{}@example.com", self.organization.slug);
        let owner = self.app.store.user_by_email(&email).await.unwrap().unwrap();
        self.signed_in(&owner).await
    }

    /// The browser of somebody new with this role in the organization, signed in.
    pub async fn dashboard_as(&self, role: Role) -> Browser {
        self.advance(Duration::from_millis(1));
        let ctx = self.app.context();
        let (user, mut changes) = people::create(&format!("{role}-{}@example.com", ctx.id()), &ctx);
        changes.insert(&Member {
            id: ctx.id(),
            created_at: ctx.now,
            organization_id: self.organization.id,
            user_id: user.id,
            role,
            notices: Default::default(),
        });
        self.app.store.commit(changes).await.unwrap();
        self.signed_in(&user).await
    }

    /// The browser of a person, signed in by a link.
    pub async fn signed_in(&self, user: &User) -> Browser {
        let browser = self.browser();
        let (device, ctx) = (Device::default(), self.app.context());
        let (_, token, changes) =
            sign_in::open(user, SignInMethod::Link, &device, None, &self.app.key, &ctx);
        self.app.store.commit(changes).await.unwrap();
        browser.set_cookie("__Host-till_session", &token);
        browser
    }

    /// Somebody who belongs nowhere yet, with this password.
    pub async fn person(&self, email: &str, password: Option<&str>) -> User {
        let ctx = self.app.context();
        let (mut user, _) = people::create(email, &ctx);
        if let Some(password) = password {
            let hash = self.app.passwords.hash(password, [5; 16]).await.unwrap();
            user.password_hash = Some(hash);
        }
        let mut changes = Changes::new();
        changes.insert(&user);
        self.app.store.commit(changes).await.unwrap();
        user
    }
}

impl Browser {
    /// Asks for a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    /// Asks for a page with these headers besides the usual ones.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Request::get(path), String::new(), headers).await
    }

    /// Sends a form of one of our pages.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [("sec-fetch-site", "same-origin")];
        self.post_with(path, fields, &headers).await
    }

    /// Sends a form with these headers besides the usual ones, and nothing that says where it comes from.
    pub async fn post_with(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let fields: Vec<_> = fields
            .iter()
            .map(|(key, value)| format!("{key}={}", encoded(value)))
            .collect();
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, fields.join("&"), headers).await
    }

    async fn send(
        &self,
        mut request: axum::http::request::Builder,
        body: impl Into<Body>,
        headers: &[(&str, &str)],
    ) -> Answer {
        request = request.header(header::ACCEPT, "text/html");
        let cookies = self.cookies();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.till.raw(request.body(body.into()).unwrap()).await;
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            let (pair, rest) = set.split_once(';').unwrap_or((set, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.lock().unwrap().remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
        answer
    }

    /// Sends a form with files: name, media type and bytes of each.
    pub async fn upload(&self, path: &str, field: &str, files: &[(&str, &str, &[u8])]) -> Answer {
        self.upload_with(path, &[], field, files).await
    }

    /// Sends a form with files behind other fields.
    pub async fn upload_with(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        field: &str,
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        let mut body = String::new();
        for (name, value) in fields {
            body += &format!(
                "--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
        }
        for (name, media_type, bytes) in files {
            let text = std::str::from_utf8(bytes).unwrap();
            body += &format!(
                "--edge\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
                 content-type: {media_type}\r\n\r\n{text}\r\n"
            );
        }
        body += "--edge--\r\n";
        self.send_upload(path, body).await
    }

    /// Sends the body of a form with files, whose parts are divided by `edge`.
    pub async fn send_upload(&self, path: &str, body: impl Into<Body>) -> Answer {
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        let headers = [("sec-fetch-site", "same-origin")];
        self.send(request, body, &headers).await
    }

    /// The cookies as a header says them.
    pub fn cookies(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        let pairs: Vec<_> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    /// Keeps a cookie.
    pub fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// A cookie's value; empty where there is none.
    pub fn cookie(&self, name: &str) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.get(name).cloned().unwrap_or_default()
    }
}
