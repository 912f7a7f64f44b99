//! How values of a type are written and read, without knowing the type.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::entities::AnyPayload;

type Write = fn(&AnyPayload) -> Option<&dyn erased_serde::Serialize>;
type Read =
    fn(&mut dyn erased_serde::Deserializer<'_>) -> Result<Box<AnyPayload>, erased_serde::Error>;

/// What serde can do with a type.
#[derive(Clone, Copy)]
pub(crate) struct Serial {
    write: Write,
    read: Read,
}

impl Serial {
    pub(crate) fn of<T: Serialize + DeserializeOwned + Send + Sync + 'static>() -> Self {
        Self {
            write: |value| Some(value.downcast_ref::<T>()?),
            read: |from| Ok(Box::new(erased_serde::deserialize::<T>(from)?)),
        }
    }

    /// A value as serde writes it; `None` if it is of another type.
    pub(crate) fn written<'a>(
        &self,
        value: &'a AnyPayload,
    ) -> Option<&'a dyn erased_serde::Serialize> {
        (self.write)(value)
    }

    /// Reads a value of the type.
    pub(crate) fn read(
        &self,
        from: &mut dyn erased_serde::Deserializer<'_>,
    ) -> Result<Box<AnyPayload>, erased_serde::Error> {
        (self.read)(from)
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Serial")
    }
}
