//! Confirming and paying: the journal of charging, from the decision to its outcome.
