use std::{future::ready, sync::Mutex};

use till_ports::{
    mail::{Mail, MailError, Message},
    processor::BoxFuture,
};

/// Keeps what was sent.
#[derive(Debug, Default)]
pub struct Mailbox(Mutex<Vec<Message>>);

impl Mailbox {
    /// Takes out everything that was sent, the oldest first.
    pub fn take(&self) -> Vec<Message> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// Takes out the only mail, and gives its recipient and the path of the first address in it.
    #[track_caller]
    pub fn link(&self) -> (String, String) {
        let mails = self.take();
        let [mail] = &mails[..] else {
            panic!("expected one mail: {mails:?}");
        };
        let url = mail.text.lines().find(|line| line.starts_with("http"));
        let (_, rest) = url.unwrap().split_once("://").unwrap();
        (
            mail.to.to_string(),
            rest[rest.find('/').unwrap()..].to_owned(),
        )
    }
}

impl Mail for Mailbox {
    fn send(&self, message: Message) -> BoxFuture<'_, Result<(), MailError>> {
        self.0.lock().unwrap().push(message);
        Box::pin(ready(Ok(())))
    }
}
