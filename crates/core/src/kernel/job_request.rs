//! Jobs as they are asked for.

use jiff::Timestamp;
use uuid::Uuid;

/// The queues of jobs, by importance. What is due in an earlier queue is begun before anything of a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Queue {
    /// A buyer waits for it.
    Checkout,
    /// A merchant's server is told of it.
    Webhooks,
    /// Letters with links and codes that people sign in with: they sit and wait for them.
    SignIn,
    /// Money that nobody waits for, such as renewals.
    Billing,
    /// Benefits of a purchase, as they are granted and revoked.
    Benefits,
    /// Letters and documents.
    Mail,
    /// Everything else.
    Upkeep,
}

impl Queue {
    /// As it is kept: the lowest is the most important. Never changed, because versions differ while one is rolled
    /// out.
    pub const fn rank(self) -> i64 {
        match self {
            Self::Checkout => 0,
            Self::Webhooks => 20,
            Self::SignIn => 30,
            Self::Billing => 40,
            Self::Benefits => 50,
            Self::Mail => 60,
            Self::Upkeep => 80,
        }
    }
}

/// A job as it is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRequest {
    /// The job's id, where it is new.
    pub id: Uuid,
    /// The kind of the job.
    pub kind: &'static str,
    /// Its queue.
    pub queue: Queue,
    /// Names the work.
    pub key: String,
    /// The payload, as JSON text.
    pub payload: String,
    /// Not before, in the machine's time.
    pub run_at: Timestamp,
    /// Now, in the machine's time.
    pub requested_at: Timestamp,
    /// The lease that the job comes into being with; else anybody may claim it.
    pub lease: Option<JobLease>,
}

/// A node's claim of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobLease {
    /// Until when.
    pub until: Timestamp,
    /// Which claim it is.
    pub claim: Uuid,
}
