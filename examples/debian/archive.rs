//! The archive as a graph: its model, and how a stanza goes in.

use backref::typed::Keyed;
use backref::{Id, Result, entity, graph};

use crate::control::Stanza;

/// A package with a stanza, or a placeholder for one that is only mentioned.
#[entity(key = name)]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) has_stanza: bool,
    #[relationship(backref = packages)]
    pub(crate) maintainer: ToOne<Maintainer>,
    #[relationship(backref = packages)]
    pub(crate) source: ToOne<Source>,
    #[relationship(backref = packages)]
    pub(crate) section: ToOne<Section>,
    /// Whoever needs a package goes with it.
    #[relationship(backref = many(required_by, delete_rule = cascade))]
    pub(crate) depends: ToMany<Package>,
    #[relationship(backref = packages)]
    pub(crate) tags: ToMany<Tag>,
}

/// Name and address of a maintainer, as the field has them.
#[entity(key = text)]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Maintainer {
    pub(crate) text: String,
}

/// The source package that a package is built from.
#[entity(key = name)]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Source {
    pub(crate) name: String,
}

#[entity(key = name)]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Section {
    pub(crate) name: String,
}

#[entity(key = name)]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tag {
    pub(crate) name: String,
}

graph! {
    /// Packages and everything they are linked to.
    pub(crate) struct Archive {
        packages: Package,
        maintainers: Maintainer,
        sources: Source,
        sections: Section,
        tags: Tag,
    }
}

impl Archive {
    pub(crate) fn of<'a>(stanzas: impl IntoIterator<Item = Stanza<'a>>) -> Result<Self> {
        let mut archive = Self::new();
        for stanza in stanzas {
            archive.add(stanza)?;
        }
        Ok(archive)
    }

    /// The packages but for placeholders that nobody mentions any more, because
    /// a second stanza has replaced the one that did.
    pub(crate) fn in_use(&self) -> impl Iterator<Item = PackageRef<'_>> {
        let packages = self.packages();
        packages.filter(|package| package.has_stanza || !package.required_by().is_empty())
    }

    /// Puts a package in, with its links.
    ///
    /// Where it was a placeholder, the links of those that mentioned it stay.
    /// Where it had a stanza already, that one's fields and links are replaced.
    fn add(&mut self, stanza: Stanza<'_>) -> Result<()> {
        let name = stanza.package.into_owned();
        let (package, _) = self.upsert(Package {
            name,
            has_stanza: true,
        })?;

        let name = stanza.source.into_owned();
        let source = self.known(Source { name })?;
        let maintainer = stanza.maintainer.map(|text| Maintainer {
            text: text.into_owned(),
        });
        let maintainer = maintainer.map(|it| self.known(it)).transpose()?;
        let section = stanza.section.map(|name| Section {
            name: name.into_owned(),
        });
        let section = section.map(|it| self.known(it)).transpose()?;
        let depends = self.all_known(stanza.depends.into_iter().map(Package::placeholder))?;
        let tags = stanza.tags.into_iter().map(str::to_owned);
        let tags = self.all_known(tags.map(|name| Tag { name }))?;

        let mut package = self.edit(package);
        package.set_source(source)?;
        package.set_maintainer(maintainer)?;
        package.set_section(section)?;
        package.depends_mut().replace(depends)?;
        package.tags_mut().replace(tags)?;
        Ok(())
    }

    /// The entity with the key of this payload: the one that is there, or a
    /// new one.
    fn known<T: Keyed<Graph = Self>>(&mut self, payload: T) -> Result<Id<T>> {
        self.get_or_insert(payload).map(|(id, _)| id)
    }

    fn all_known<T: Keyed<Graph = Self>>(
        &mut self,
        payloads: impl Iterator<Item = T>,
    ) -> Result<Vec<Id<T>>> {
        payloads.map(|payload| self.known(payload)).collect()
    }
}

impl Package {
    fn placeholder(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            has_stanza: false,
        }
    }
}
