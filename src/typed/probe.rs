//! What a type of payloads or of data can do, found out where it is known: by which of two
//! methods the compiler picks. Generated code alone calls this.

use std::marker::PhantomData;

use crate::schema::{EndBuilder, EntityBuilder};

/// Asks for a type; `&Probe` is what the second choices are for.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    /// A question.
    #[expect(
        clippy::new_without_default,
        reason = "generated code alone calls this"
    )]
    #[must_use]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

/// The type is `Clone`.
pub trait ProbeClone<T> {
    /// Says so to the schema.
    fn cloneable<'a>(&self, entity: EntityBuilder<'a, T>) -> EntityBuilder<'a, T>;
}

impl<T: Clone + Send + Sync + 'static> ProbeClone<T> for Probe<T> {
    fn cloneable<'a>(&self, entity: EntityBuilder<'a, T>) -> EntityBuilder<'a, T> {
        entity.cloneable()
    }
}

/// The type is not `Clone`.
pub trait ProbeNoClone<T> {
    /// Says nothing.
    fn cloneable<'a>(&self, entity: EntityBuilder<'a, T>) -> EntityBuilder<'a, T>;
}

impl<T> ProbeNoClone<T> for &Probe<T> {
    fn cloneable<'a>(&self, entity: EntityBuilder<'a, T>) -> EntityBuilder<'a, T> {
        entity
    }
}

/// The type is `PartialEq`.
pub trait ProbeEq<T> {
    /// Says so to the schema.
    fn comparable<'a>(&self, entity: EntityBuilder<'a, T>) -> EntityBuilder<'a, T>;
}

impl<T: PartialEq + Send + Sync + 'static> ProbeEq<T> for Probe<T> {
    fn comparable<'a>(&self, entity: EntityBuilder<'a, T>) -> EntityBuilder<'a, T> {
        entity.comparable()
    }
}

/// The type is not `PartialEq`.
pub trait ProbeNoEq<T> {
    /// Says nothing.
    fn comparable<'a>(&self, entity: EntityBuilder<'a, T>) -> EntityBuilder<'a, T>;
}

impl<T> ProbeNoEq<T> for &Probe<T> {
    fn comparable<'a>(&self, entity: EntityBuilder<'a, T>) -> EntityBuilder<'a, T> {
        entity
    }
}

/// The data is `Clone`.
pub trait ProbeCloneData {
    /// Says so to the schema.
    fn cloneable_data<'a>(&self, end: EndBuilder<'a>) -> EndBuilder<'a>;
}

impl<D: Clone + Send + Sync + 'static> ProbeCloneData for Probe<D> {
    fn cloneable_data<'a>(&self, end: EndBuilder<'a>) -> EndBuilder<'a> {
        end.cloneable_data::<D>()
    }
}

/// The data is not `Clone`.
pub trait ProbeNoCloneData {
    /// Says nothing.
    fn cloneable_data<'a>(&self, end: EndBuilder<'a>) -> EndBuilder<'a>;
}

impl<D> ProbeNoCloneData for &Probe<D> {
    fn cloneable_data<'a>(&self, end: EndBuilder<'a>) -> EndBuilder<'a> {
        end
    }
}

/// The data is `PartialEq`.
pub trait ProbeEqData {
    /// Says so to the schema.
    fn comparable_data<'a>(&self, end: EndBuilder<'a>) -> EndBuilder<'a>;
}

impl<D: PartialEq + Send + Sync + 'static> ProbeEqData for Probe<D> {
    fn comparable_data<'a>(&self, end: EndBuilder<'a>) -> EndBuilder<'a> {
        end.comparable_data::<D>()
    }
}

/// The data is not `PartialEq`.
pub trait ProbeNoEqData {
    /// Says nothing.
    fn comparable_data<'a>(&self, end: EndBuilder<'a>) -> EndBuilder<'a>;
}

impl<D> ProbeNoEqData for &Probe<D> {
    fn comparable_data<'a>(&self, end: EndBuilder<'a>) -> EndBuilder<'a> {
        end
    }
}

/// The type can be written and read by serde.
pub trait ProbeSerial<T> {
    /// Says so to the schema.
    fn serializable<'a>(&self, entity: EntityBuilder<'a, T>) -> EntityBuilder<'a, T>;
}

#[cfg(feature = "serde")]
impl<T> ProbeSerial<T> for Probe<T>
where
    T: serde::Serialize + serde::de::DeserializeOwned + Send + Sync + 'static,
{
    fn serializable<'a>(&self, entity: EntityBuilder<'a, T>) -> EntityBuilder<'a, T> {
        entity.serializable()
    }
}

/// The type cannot be written and read, or nobody wants it to be.
pub trait ProbeNoSerial<T> {
    /// Says nothing.
    fn serializable<'a>(&self, entity: EntityBuilder<'a, T>) -> EntityBuilder<'a, T>;
}

impl<T> ProbeNoSerial<T> for &Probe<T> {
    fn serializable<'a>(&self, entity: EntityBuilder<'a, T>) -> EntityBuilder<'a, T> {
        entity
    }
}

/// The data can be written and read by serde.
pub trait ProbeSerialData {
    /// Says so to the schema.
    fn serializable_data<'a>(&self, end: EndBuilder<'a>) -> EndBuilder<'a>;
}

#[cfg(feature = "serde")]
impl<D> ProbeSerialData for Probe<D>
where
    D: serde::Serialize + serde::de::DeserializeOwned + Send + Sync + 'static,
{
    fn serializable_data<'a>(&self, end: EndBuilder<'a>) -> EndBuilder<'a> {
        end.serializable_data::<D>()
    }
}

/// The data cannot be written and read, or nobody wants it to be.
pub trait ProbeNoSerialData {
    /// Says nothing.
    fn serializable_data<'a>(&self, end: EndBuilder<'a>) -> EndBuilder<'a>;
}

impl<D> ProbeNoSerialData for &Probe<D> {
    fn serializable_data<'a>(&self, end: EndBuilder<'a>) -> EndBuilder<'a> {
        end
    }
}
