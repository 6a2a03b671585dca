//! Query plans of long lists on SQLite, which plans without statistics: as a test, because a wrong turn there is only
//! noticed with a million rows.

use till_core::kernel::records::{
    BenefitGrant, Checkout, Customer, CustomerMeter, Dispute, LicenseKey, Order as Sale, Payment,
    Refund, SystemEvent, UsageEvent, WebhookDelivery,
};
use till_core::kernel::values::Value;
use uuid::Uuid;

use super::{Dialect, List, Order, Window};
use crate::query_plan::{database, plan};

const FIRST: Window<'static> = Window {
    after: None,
    skip: 0,
    limit: 10,
};
const DEEP: Window<'static> = Window {
    after: None,
    skip: 99_990,
    limit: 10,
};

fn checkouts() -> List {
    List::of::<Checkout>(Uuid::nil()).order("created_at", Order::Desc)
}

fn refunds() -> List {
    List::of::<Refund>(Uuid::nil())
        .not_null("order_id")
        .is_in("state", two())
        .order("created_at", Order::Desc)
}

fn grants() -> List {
    List::of::<BenefitGrant>(Uuid::nil()).order("created_at", Order::Desc)
}

fn keys() -> List {
    List::of::<LicenseKey>(Uuid::nil()).order("created_at", Order::Asc)
}

fn deliveries() -> List {
    List::of::<WebhookDelivery>(Uuid::nil()).order("created_at", Order::Desc)
}

fn usage() -> List {
    List::of::<UsageEvent>(Uuid::nil()).order("timestamp", Order::Desc)
}

fn system() -> List {
    List::of::<SystemEvent>(Uuid::nil()).order("timestamp", Order::Desc)
}

fn customer_meters() -> List {
    List::of::<CustomerMeter>(Uuid::nil()).order("modified_at", Order::Desc)
}

fn two() -> Vec<Value> {
    vec!["a".into(), "b".into()]
}

#[tokio::test]
async fn a_page_is_found_in_an_index_that_also_sorts_it() {
    let (_folder, db) = database().await;
    let customers = List::of::<Customer>(Uuid::nil())
        .is_null("deleted_at")
        .order("created_at", Order::Desc);
    let payments = List::of::<Payment>(Uuid::nil()).eq("kind", "charge");
    let sales = List::of::<Sale>(Uuid::nil()).order("created_at", Order::Desc);
    let product = || checkouts().eq("product_id", Uuid::nil());
    let type_of = || deliveries().eq("kind", "order.paid");
    for (list, index) in [
        (checkouts(), "checkouts_created"),
        (checkouts().eq("status", "open"), "checkouts_status"),
        (product(), "checkouts_product"),
        (product().eq("status", "open"), "checkouts_product"),
        (
            checkouts().eq("customer_id", Uuid::nil()),
            "checkouts_customer",
        ),
        (customers, "customers_created"),
        (
            payments.order("created_at", Order::Desc),
            "payments_created",
        ),
        (sales, "orders_created"),
        (refunds(), "refunds_created"),
        (refunds().eq("order_id", Uuid::nil()), "refunds_order"),
        (refunds().eq("customer_id", Uuid::nil()), "refunds_customer"),
        (
            refunds().eq("subscription_id", Uuid::nil()),
            "refunds_subscription",
        ),
        (
            List::of::<Dispute>(Uuid::nil()).order("created_at", Order::Desc),
            "disputes_created",
        ),
        (grants(), "benefit_grants_created"),
        (
            grants().eq("customer_id", Uuid::nil()),
            "benefit_grants_customer",
        ),
        (
            grants().eq("benefit_id", Uuid::nil()),
            "benefit_grants_benefit",
        ),
        (keys(), "license_keys_created"),
        (keys().eq("status", "revoked"), "license_keys_status"),
        (keys().eq("benefit_id", Uuid::nil()), "license_keys_benefit"),
        (
            keys().eq("customer_id", Uuid::nil()),
            "license_keys_customer",
        ),
        (deliveries(), "webhook_deliveries_created"),
        (type_of(), "webhook_deliveries_kind"),
        (
            type_of().eq("endpoint_id", Uuid::nil()),
            "webhook_deliveries_kind",
        ),
        (
            deliveries().eq("endpoint_id", Uuid::nil()),
            "webhook_deliveries_endpoint",
        ),
        (
            deliveries().is_false("succeeded"),
            "webhook_deliveries_failed",
        ),
        (usage(), "usage_events_timestamp"),
        (usage().eq("name", "a"), "usage_events_name"),
        (
            usage().eq("customer_id", Uuid::nil()),
            "usage_events_customer",
        ),
        (
            usage().of_customers_or_unbound(&[], &["a".to_owned()]),
            "usage_events_unbound",
        ),
        (usage().eq("parent_id", Uuid::nil()), "usage_events_parent"),
        (system(), "system_events_timestamp"),
        (system().eq("name", "a"), "system_events_name"),
        (
            system().eq("customer_id", Uuid::nil()),
            "system_events_customer",
        ),
        (
            system().eq("external_customer_id", "a"),
            "system_events_external_customer",
        ),
        (customer_meters(), "customer_meters_modified"),
        (
            customer_meters().eq("customer_id", Uuid::nil()),
            "customer_meters_customer",
        ),
        (
            customer_meters().eq("meter_id", Uuid::nil()),
            "customer_meters_meter",
        ),
    ] {
        let first = plan(&db, &list.rows(Dialect::Sqlite, FIRST));
        assert!(
            first.contains(&format!("INDEX {index} ")),
            "{index}: {first}"
        );
        assert!(!first.contains("SCAN"), "{index}: {first}");
        // at most those are sorted that tie
        let is_sorted = first.contains("TEMP B-TREE FOR ORDER BY");
        assert!(!is_sorted, "{index}: {first}");
        let deep = plan(&db, &list.rows(Dialect::Sqlite, DEEP));
        assert!(deep.contains(&format!("INDEX {index} ")), "{index}: {deep}");
        let count = plan(&db, &list.count(Dialect::Sqlite, None));
        // any that has the failed only will do
        assert!(
            count.contains("_failed ") || count.contains(&format!("COVERING INDEX {index} ")),
            "{index}: {count}"
        );
    }
}

#[tokio::test]
async fn of_two_filters_the_rarer_finds_the_rows() {
    let (_folder, db) = database().await;
    let of = |column| checkouts().eq(column, Uuid::nil());
    for (list, index) in [
        (of("customer_id").eq("status", "a"), "checkouts_customer"),
        (
            of("customer_id").is_in("status", two()),
            "checkouts_customer",
        ),
        (
            of("customer_id").eq("product_id", Uuid::nil()),
            "checkouts_customer",
        ),
        (
            checkouts()
                .eq("external_customer_id", "a")
                .eq("status", "a"),
            "checkouts_external_customer",
        ),
        (
            checkouts()
                .eq("external_customer_id", "a")
                .is_in("status", two()),
            "checkouts_external_customer",
        ),
    ] {
        for query in [
            list.rows(Dialect::Sqlite, FIRST),
            list.count(Dialect::Sqlite, None),
        ] {
            let plan = plan(&db, &query);
            assert!(plan.contains(index), "{index}: {plan}");
            assert!(!plan.contains("checkouts_product"), "{index}: {plan}");
        }
    }
}

#[tokio::test]
async fn of_events_of_a_customer_and_a_name_the_customer_finds_them() {
    let (_folder, db) = database().await;
    for (list, index) in [
        (
            usage().eq("customer_id", Uuid::nil()).eq("name", "a"),
            "usage_events_customer",
        ),
        (
            usage()
                .of_customers_or_unbound(&[], &["a".to_owned()])
                .is_in("name", two()),
            "usage_events_unbound",
        ),
        (
            usage().eq("parent_id", Uuid::nil()).eq("name", "a"),
            "usage_events_parent",
        ),
        (
            usage().is_in("id", two()).eq("name", "a"),
            "sqlite_autoindex_usage_events_1",
        ),
    ] {
        let plan = plan(&db, &list.rows(Dialect::Sqlite, FIRST));
        assert!(plan.contains(&format!("INDEX {index} ")), "{index}: {plan}");
        assert!(!plan.contains("SCAN"), "{index}: {plan}");
    }
}

#[tokio::test]
async fn events_of_both_kinds_are_merged_from_their_indexes() {
    let (_folder, db) = database().await;
    let of_name = |list: List| list.eq("name", "a");
    let of_two = |list: List| list.is_in("name", two());
    let of_customer = |list: List| list.eq("customer_id", Uuid::nil()).is_in("name", two());
    for (usage, system, walks) in [
        (usage(), system(), 2),
        (of_name(usage()), of_name(system()), 2),
        (of_two(usage()), of_two(system()), 4),
        (of_customer(usage()), of_customer(system()), 2),
    ] {
        for window in [FIRST, DEEP] {
            let merged = plan(&db, &usage.both(&system, Dialect::Sqlite, window));
            assert!(merged.contains("MERGE (UNION ALL)"), "{merged}");
            assert_eq!(merged.matches("INDEX ").count(), walks, "{merged}");
            assert!(!merged.contains("TEMP B-TREE"), "{merged}");
            assert!(!merged.contains("SCAN"), "{merged}");
        }
    }
}

#[tokio::test]
async fn names_of_customers_are_counted_in_their_newest_events() {
    let (_folder, db) = database().await;
    let some = usage().of_customers_or_unbound(&[], &["a".to_owned(), "b".to_owned()]);
    let plan = plan(&db, &some.counted_names(Dialect::Sqlite, 100));
    assert_eq!(plan.matches("usage_events_unbound").count(), 2, "{plan}");
    assert!(!plan.contains("usage_events_timestamp"), "{plan}");
}

#[tokio::test]
async fn what_waits_to_be_counted_is_found_in_indexes() {
    let (_folder, db) = database().await;
    let plan = plan(&db, &crate::reads::uncounted(Uuid::nil(), 7, 10));
    assert!(plan.contains("INDEX usage_batches_new "), "{plan}");
    assert!(plan.contains("INDEX usage_batches_round "), "{plan}");
    assert!(!plan.contains("SCAN"), "{plan}");
}

#[tokio::test]
async fn values_are_found_by_their_places_and_by_themselves() {
    let (_folder, db) = database().await;
    let place = (Uuid::nil(), jiff::Timestamp::UNIX_EPOCH, "a".to_owned());
    let at = plan(
        &db,
        &crate::reads::values_at(Uuid::nil(), &[&place, &place]),
    );
    assert!(at.contains("INDEX usage_values_place "), "{at}");
    assert!(!at.contains("SCAN"), "{at}");
    let held = crate::reads::values_held(
        Uuid::nil(),
        Uuid::nil(),
        Some(jiff::Timestamp::UNIX_EPOCH),
        &["a", "b"],
    );
    let held = plan(&db, &held);
    assert!(held.contains("INDEX usage_values_value "), "{held}");
}

#[tokio::test]
async fn a_deep_page_passes_over_rows_in_the_index_only() {
    let (_folder, db) = database().await;
    for list in [checkouts(), checkouts().eq("status", "open"), deliveries()] {
        let deep = plan(&db, &list.rows(Dialect::Sqlite, DEEP));
        assert!(deep.contains("USING COVERING INDEX"), "{deep}");
        let after = [Value::Int(1), Value::Uuid(Uuid::nil())];
        let window = Window {
            after: Some(&after),
            ..FIRST
        };
        let on = plan(&db, &list.rows(Dialect::Sqlite, window));
        assert!(on.contains("(created_at,id)<(?,?)"), "{on}");
    }
}

#[tokio::test]
async fn several_values_are_walked_one_by_one_and_merged() {
    let (_folder, db) = database().await;
    for list in [
        checkouts().is_in("status", two()),
        deliveries().is_in("kind", two()),
    ] {
        for window in [FIRST, DEEP] {
            let merged = plan(&db, &list.rows(Dialect::Sqlite, window));
            assert!(merged.contains("MERGE (UNION ALL)"), "{merged}");
            assert_eq!(merged.matches("COVERING INDEX").count(), 2, "{merged}");
            // only the page itself, found by its ids, is sorted
            assert_eq!(merged.matches("TEMP B-TREE").count(), 1, "{merged}");
        }
    }
}

#[tokio::test]
async fn what_is_in_no_index_while_new_is_found_by_two_walks() {
    let (_folder, db) = database().await;
    let list = checkouts().eq("external_customer_id", "a");
    for query in [
        list.rows(Dialect::Sqlite, FIRST),
        list.rows(Dialect::Sqlite, DEEP),
        list.count(Dialect::Sqlite, None),
        list.count(Dialect::Sqlite, Some(10_001)),
    ] {
        let plan = plan(&db, &query);
        assert!(
            plan.contains("COVERING INDEX checkouts_status (organization_id=? AND status=?"),
            "{plan}"
        );
        assert!(plan.contains("COVERING INDEX checkouts_external_customer (external_customer_id=? AND organization_id=?"), "{plan}");
    }
}

#[tokio::test]
async fn an_erasure_walks_the_sessions_of_an_address_in_their_index() {
    let (_folder, db) = database().await;
    for email in ["ada@example.com", "ädä@example.com"] {
        let query = crate::reads::typed_sessions(Uuid::nil(), email, Uuid::nil(), 10);
        let plan = plan(&db, &query);
        let wanted = "INDEX checkouts_typed_email (organization_id=? AND <expr>=? AND id>?";
        assert!(plan.contains(wanted), "{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
}
