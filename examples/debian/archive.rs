//! The archive as a graph: its schema, and how a stanza goes in.

use backref::{EntityType, Graph, Id, Key, Registry, Result, Schema, ToMany, ToOne, UniqueKey};

use crate::control::Stanza;

/// A package with a stanza, or a placeholder for one that is only mentioned.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) has_stanza: bool,
}

impl Package {
    fn with_stanza(name: String) -> Self {
        Self {
            name,
            has_stanza: true,
        }
    }

    fn placeholder(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            has_stanza: false,
        }
    }
}

/// Name and address of a maintainer, as the field has them.
#[derive(Debug)]
pub(crate) struct Maintainer(pub(crate) String);

/// The source package that a package is built from.
#[derive(Debug)]
pub(crate) struct Source(pub(crate) String);

#[derive(Debug)]
pub(crate) struct Section(pub(crate) String);

#[derive(Debug)]
pub(crate) struct Tag(pub(crate) String);

/// The entity types and relationships. What `backref` names is the other end
/// of the relationship, which exists by that alone.
fn schema() -> Result<Registry> {
    let mut schema = Schema::builder();
    schema
        .entity("Package")
        .key(Key::field(|package: &Package| &package.name));
    schema
        .entity("Maintainer")
        .key(Key::field(|maintainer: &Maintainer| &maintainer.0));
    schema
        .entity("Source")
        .key(Key::field(|source: &Source| &source.0));
    schema
        .entity("Section")
        .key(Key::field(|section: &Section| &section.0));
    schema.entity("Tag").key(Key::field(|tag: &Tag| &tag.0));

    schema
        .relationship("Package.maintainer")
        .to_one("Maintainer")
        .backref("packages");
    schema
        .relationship("Package.source")
        .to_one("Source")
        .backref("packages");
    schema
        .relationship("Package.section")
        .to_one("Section")
        .backref("packages");
    schema
        .relationship("Package.depends")
        .to_many("Package")
        .backref("required_by");
    schema
        .relationship("Package.tags")
        .to_many("Tag")
        .backref("packages");
    schema.build()
}

/// The handles by which the graph is spoken to, looked up once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Model {
    pub(crate) package: EntityType<Package>,
    pub(crate) maintainer: EntityType<Maintainer>,
    pub(crate) source: EntityType<Source>,
    pub(crate) section: EntityType<Section>,
    pub(crate) tag: EntityType<Tag>,

    pub(crate) package_by_name: UniqueKey<Package, String>,

    pub(crate) package_maintainer: ToOne<Package, Maintainer>,
    pub(crate) package_source: ToOne<Package, Source>,
    pub(crate) package_section: ToOne<Package, Section>,
    pub(crate) package_depends: ToMany<Package, Package>,
    pub(crate) package_tags: ToMany<Package, Tag>,

    pub(crate) maintainer_packages: ToMany<Maintainer, Package>,
    pub(crate) source_packages: ToMany<Source, Package>,
    pub(crate) section_packages: ToMany<Section, Package>,
    pub(crate) package_required_by: ToMany<Package, Package>,
    pub(crate) tag_packages: ToMany<Tag, Package>,
}

impl Model {
    fn new(registry: &Registry) -> Result<Self> {
        Ok(Self {
            package: registry.entity_type("Package")?,
            maintainer: registry.entity_type("Maintainer")?,
            source: registry.entity_type("Source")?,
            section: registry.entity_type("Section")?,
            tag: registry.entity_type("Tag")?,

            package_by_name: registry.key("Package")?,

            package_maintainer: registry.to_one("Package.maintainer")?,
            package_source: registry.to_one("Package.source")?,
            package_section: registry.to_one("Package.section")?,
            package_depends: registry.to_many("Package.depends")?,
            package_tags: registry.to_many("Package.tags")?,

            maintainer_packages: registry.to_many("Maintainer.packages")?,
            source_packages: registry.to_many("Source.packages")?,
            section_packages: registry.to_many("Section.packages")?,
            package_required_by: registry.to_many("Package.required_by")?,
            tag_packages: registry.to_many("Tag.packages")?,
        })
    }
}

/// Packages and everything they are linked to.
#[derive(Debug)]
pub(crate) struct Archive {
    pub(crate) graph: Graph,
    pub(crate) model: Model,
}

impl Archive {
    pub(crate) fn new<'a>(stanzas: impl IntoIterator<Item = Stanza<'a>>) -> Result<Self> {
        let registry = schema()?;
        let model = Model::new(&registry)?;
        let graph = Graph::new(registry);
        let mut archive = Self { graph, model };
        for stanza in stanzas {
            archive.add(stanza)?;
        }
        Ok(archive)
    }

    /// The package or placeholder of that name.
    pub(crate) fn find(&self, name: &str) -> Option<Id<Package>> {
        self.graph.find(self.model.package_by_name, name)
    }

    /// Puts a package in, with its links.
    ///
    /// Where it was a placeholder, the links of those that mentioned it stay.
    /// Where it had a stanza already, that one's fields and links are replaced.
    fn add(&mut self, stanza: Stanza<'_>) -> Result<()> {
        let model = self.model;
        let package = Package::with_stanza(stanza.package.into_owned());
        let (package, _) = self.graph.upsert(model.package, package)?;

        let source = self.known(model.source, Source(stanza.source.into_owned()))?;
        self.graph.set(model.package_source, package, source)?;

        let maintainer = stanza.maintainer.map(|text| Maintainer(text.into_owned()));
        let maintainer = maintainer
            .map(|it| self.known(model.maintainer, it))
            .transpose()?;
        self.graph
            .set(model.package_maintainer, package, maintainer)?;

        let section = stanza.section.map(|name| Section(name.into_owned()));
        let section = section
            .map(|it| self.known(model.section, it))
            .transpose()?;
        self.graph.set(model.package_section, package, section)?;

        let depends = stanza.depends.into_iter().map(Package::placeholder);
        let depends = self.all_known(model.package, depends)?;
        let mut row = self.graph.row_mut(model.package_depends, package)?;
        row.replace(depends)?;

        let tags = stanza.tags.into_iter().map(|name| Tag(name.to_owned()));
        let tags = self.all_known(model.tag, tags)?;
        let mut row = self.graph.row_mut(model.package_tags, package)?;
        row.replace(tags)?;
        Ok(())
    }

    /// The entity with the key of this payload: the one that is there, or a
    /// new one.
    fn known<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityType<T>,
        payload: T,
    ) -> Result<Id<T>> {
        let (id, _) = self.graph.get_or_insert(entity, payload)?;
        Ok(id)
    }

    fn all_known<T: Send + Sync + 'static>(
        &mut self,
        entity: EntityType<T>,
        payloads: impl Iterator<Item = T>,
    ) -> Result<Vec<Id<T>>> {
        payloads
            .map(|payload| self.known(entity, payload))
            .collect()
    }
}
