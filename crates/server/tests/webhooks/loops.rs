//! The worker's loop: it is woken, endpoints do not wait for each other, and it ends in order.

use std::time::Duration;

use tokio::{sync::watch, task::JoinHandle, time::timeout};

use crate::kit::{ReceivedDelivery, Receiver, Shop, id};

/// Fails a test that would hang; nothing waits this long.
const PATIENCE: Duration = Duration::from_secs(20);

struct Served {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

fn serve(shop: &Shop) -> Served {
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(till_server::jobs::webhooks::serve(
        shop.app.clone(),
        stopped,
    ));
    Served { stop, task }
}

impl Served {
    async fn end(self) {
        self.stop.send(true).unwrap();
        timeout(PATIENCE, self.task)
            .await
            .expect("an end in time")
            .unwrap();
    }
}

async fn arrival(receiver: &mut Receiver) -> ReceivedDelivery {
    timeout(PATIENCE, receiver.arrivals.recv())
        .await
        .expect("a delivery in time")
        .unwrap()
}

#[tokio::test]
async fn a_hanging_endpoint_holds_up_no_other() {
    let shop = Shop::dev().await;
    let mut hanging = Receiver::closed().await;
    let mut quick = Receiver::start().await;
    shop.endpoint(&hanging.url).await;
    shop.endpoint(&quick.url).await;
    let served = serve(&shop);
    for n in 0..20 {
        shop.number(n).await;
        shop.clock.advance(1);
    }
    assert_eq!(arrival(&mut hanging).await.number(), 0);
    for n in 0..20 {
        assert_eq!(arrival(&mut quick).await.number(), n);
    }
    assert_eq!(hanging.deliveries().len(), 1, "one in flight");
    hanging.open();
    for n in 1..20 {
        assert_eq!(arrival(&mut hanging).await.number(), n);
    }
    assert_eq!(hanging.most_at_once(), 1);
    served.end().await;
}

#[tokio::test]
async fn the_end_waits_for_what_is_in_flight_and_records_it() {
    let shop = Shop::dev().await;
    let mut receiver = Receiver::closed().await;
    let endpoint = shop.endpoint(&receiver.url).await;
    let served = serve(&shop);
    let first = shop.number(0).await;
    shop.clock.advance(1);
    let second = shop.number(1).await;
    arrival(&mut receiver).await;
    served.stop.send(true).unwrap();
    receiver.open();
    timeout(PATIENCE, served.task)
        .await
        .expect("an end in time")
        .unwrap();
    assert_eq!(shop.event_about(first).await.succeeded, Some(true));
    assert_eq!(receiver.deliveries().len(), 1, "nothing new is begun");
    let event = shop.event_about(second).await;
    assert_eq!((event.attempts, event.next_attempt_at.is_some()), (0, true));

    // The lease was released: another node goes on at once.
    assert_eq!(shop.run_due().await, 1);
    assert!(shop.row(&endpoint).await.enabled);
}

#[tokio::test]
async fn a_redelivery_is_sent_at_once() {
    let shop = Shop::dev().await;
    let mut receiver = Receiver::start().await;
    let endpoint = shop.endpoint(&receiver.url).await;
    let served = serve(&shop);
    let subject = shop.number(0).await;
    let first = arrival(&mut receiver).await;
    loop {
        if shop.event_about(subject).await.succeeded.is_some() {
            break;
        }
        tokio::task::yield_now().await;
    }
    let path = format!(
        "/v1/webhooks/events/{}/redeliver",
        shop.event_about(subject).await.id
    );
    assert_eq!(shop.call("POST", &path, None).await.0, 202);
    assert_eq!(
        arrival(&mut receiver).await.header("webhook-id"),
        first.header("webhook-id")
    );
    assert_eq!(shop.row(&endpoint).await.id, id(&endpoint));
    served.end().await;
}
