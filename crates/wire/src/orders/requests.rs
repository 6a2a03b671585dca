//! What makes and changes orders.

use crate::{
    address::{Address, address},
    input::Patch,
    request::*,
};

request! {
    /// Change to an order. A field that is left out stays as it is.
    pub struct OrderUpdate: Default {
        /// New name of the person or company on the invoice, kept exactly as sent; null clears it.
        pub billing_name: Patch<String> = patch(line(0)),
        /// New billing address on the invoice; replaces the whole address. Country and state of an address that is there
        /// cannot be changed, because the tax was worked out for them; null clears the address.
        pub billing_address: Patch<Address> = patch(address()),
    }
}
