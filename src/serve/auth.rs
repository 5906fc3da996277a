//! Authentication: who may log in, and the server's own key.

pub mod address_patterns;
pub mod authorized_keys;
pub mod host_key;
pub mod key_entry;
