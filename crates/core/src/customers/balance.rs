//! Balances of customers: credit and debt by currency, as entries (docs/behaviour: customers/balance).

use till_wire::money::Currency;
use uuid::Uuid;

use crate::kernel::{
    changes::Changes,
    context::DecisionContext,
    records::{BalanceEntry, BalanceReason, Customer, CustomerBalance},
};

/// Balance of a customer in one currency, with the entries that a decision adds.
#[derive(Debug, Clone)]
pub struct Balance {
    row: Option<CustomerBalance>,
    organization_id: Uuid,
    customer_id: Uuid,
    currency: Currency,
    entries: Vec<BalanceEntry>,
}

impl Balance {
    /// The balance as it was read; without a row it is nothing.
    pub fn of(row: Option<CustomerBalance>, customer: &Customer, currency: Currency) -> Self {
        Self {
            row: row.filter(|row| row.currency == currency),
            organization_id: customer.organization_id,
            customer_id: customer.id,
            currency,
            entries: Vec::new(),
        }
    }

    /// Minor units, the new entries included: credit where positive, debt where negative.
    pub fn amount(&self) -> i64 {
        let before = self.row.as_ref().map_or(0, |row| row.amount);
        let added: i64 = self.entries.iter().map(|entry| entry.amount).sum();
        before + added
    }

    /// Amount that an order of `total` minor units uses, with its sign: credit lowers what is due, and debt adds to it.
    /// A negative total uses nothing.
    pub fn applied_to(&self, total: i64) -> i64 {
        match total {
            0.. => -total.min(self.amount()),
            _ => 0,
        }
    }

    /// Adds an entry of so many minor units; one of nothing is left out.
    pub fn add(&mut self, amount: i64, kind: BalanceReason, order_id: Uuid, ctx: &DecisionContext) {
        if amount == 0 {
            return;
        }
        self.entries.push(BalanceEntry {
            id: ctx.id(),
            created_at: ctx.now,
            organization_id: self.organization_id,
            customer_id: self.customer_id,
            currency: self.currency,
            amount,
            kind,
            order_id: Some(order_id),
        });
    }

    /// Writes the entries, after the orders that they name, and the sum with them: the row as it is then.
    pub fn write(self, changes: &mut Changes, ctx: &DecisionContext) -> Option<CustomerBalance> {
        if self.entries.is_empty() {
            return self.row;
        }
        let amount = self.amount();
        for entry in &self.entries {
            changes.insert(entry);
        }
        match self.row {
            Some(row) => {
                let mut new = CustomerBalance {
                    amount,
                    ..row.clone()
                };
                changes.update(&row, &new);
                // A row that does not differ is not written, and keeps its version.
                new.version += i64::from(new != row);
                Some(new)
            }
            None => {
                let new = CustomerBalance {
                    id: ctx.id(),
                    created_at: ctx.now,
                    version: 1,
                    organization_id: self.organization_id,
                    customer_id: self.customer_id,
                    currency: self.currency,
                    amount,
                };
                changes.insert(&new);
                Some(new)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkout::tests::{at, customer, id};

    fn balance(amount: i64) -> Balance {
        let mut balance = Balance::of(None, &customer(5, "ada@example.com", None), Currency::USD);
        balance.add(amount, BalanceReason::Credit, id(1), &at(0));
        balance
    }

    #[test]
    fn credit_pays_for_an_order_as_far_as_it_goes() {
        assert_eq!(balance(500).applied_to(2_000), -500);
        assert_eq!(balance(5_000).applied_to(2_000), -2_000);
        assert_eq!(balance(0).applied_to(2_000), 0);
    }

    #[test]
    fn debt_is_added_to_what_is_due_also_where_nothing_else_is() {
        assert_eq!(balance(-30).applied_to(2_000), 30);
        assert_eq!(balance(-30).applied_to(0), 30);
    }

    #[test]
    fn a_negative_order_uses_nothing() {
        assert_eq!(balance(500).applied_to(-100), 0);
        assert_eq!(balance(-500).applied_to(-100), 0);
    }

    #[test]
    fn an_entry_of_nothing_is_not_written() {
        let mut changes = Changes::new();
        balance(0).write(&mut changes, &at(0));
        assert!(changes.is_empty());
        balance(7).write(&mut changes, &at(0));
        assert_eq!(changes.writes.len(), 2);
    }
}
