//! The struct, which entity types it has, and its methods.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

use super::ast::{Graph, List};

pub(super) fn expand(graph: &Graph) -> TokenStream {
    let Graph {
        krate,
        attributes,
        vis,
        name,
        ..
    } = graph;
    let model = model(graph);
    let lists = graph
        .lists
        .iter()
        .filter(|list| !list.has_a_reserved_name());
    let lists = lists.map(|list| list_method(krate, list));
    let methods = [
        making(graph),
        reading(graph),
        finding(graph),
        writing(graph),
        parts(graph),
        transactions(graph),
        history(graph),
        changes(graph),
        observers(graph),
    ];
    let traits = traits(graph);
    quote! {
        #(#attributes)*
        #vis struct #name {
            graph: #krate::Graph,
        }

        #model

        impl #name {
            #(#methods)*
            #(#lists)*
        }

        #traits
    }
}

/// Which types it has, with their numbers.
fn model(graph: &Graph) -> TokenStream {
    let Graph { krate, name, .. } = graph;
    let entities: Vec<_> = graph.entities().map(|list| &list.entity).collect();
    let numbers = 0..u16::try_from(entities.len()).unwrap_or(u16::MAX);
    let text = name.to_string();
    quote! {
        #(
            impl #krate::typed::Listed for #entities {
                type Graph = #name;
                const NUMBER: u16 = #numbers;
            }
        )*

        impl #krate::typed::Model for #name {
            const STAMP: u16 = #krate::typed::stamp(
                ::core::concat!(::core::module_path!(), "::", #text),
            );
            const ENTITIES: &'static [&'static #krate::typed::EntityDecl] =
                &[#(<#entities as #krate::typed::Entity>::DECLARATION),*];
            const ENDS: &'static [#krate::EndId] = {
                const ENDS: usize =
                    0 #(+ <#entities as #krate::typed::Entity>::DECLARATION.ends.len())*;
                &#krate::typed::number::<ENDS>(
                    <#name as #krate::typed::Model>::STAMP,
                    <#name as #krate::typed::Model>::ENTITIES,
                )
            };

            fn registry() -> &'static #krate::Registry {
                static REGISTRY: ::std::sync::OnceLock<#krate::Registry> =
                    ::std::sync::OnceLock::new();
                REGISTRY.get_or_init(|| #krate::typed::build::<#name>(&[
                    #(<#entities as #krate::typed::Entity>::declare),*
                ]))
            }

            fn inside(&mut self, _: #krate::typed::Within) -> &mut #krate::Graph {
                &mut self.graph
            }
        }
    }
}

fn list_method(krate: &TokenStream, list: &List) -> TokenStream {
    let (docs, entity) = (&list.docs, &list.entity);
    let mut name = list.name.clone();
    name.set_span(name.span().resolved_at(Span::call_site()));
    let text = entity.to_token_stream().to_string().replace(' ', "");
    let sentence = format!("All [`{text}`]({text})s, in the order of their slots.");
    quote! {
        #[doc = #sentence]
        #(#docs)*
        #[must_use]
        pub fn #name(&self) -> #krate::typed::All<'_, #entity> {
            self.all::<#entity>()
        }
    }
}

fn making(graph: &Graph) -> TokenStream {
    let krate = &graph.krate;
    quote! {
        /// An empty graph. Computes in O(1), but for the first, which builds
        /// the schema.
        #[must_use]
        pub fn new() -> Self {
            let registry = <Self as #krate::typed::Model>::registry();
            Self { graph: #krate::Graph::new(::core::clone::Clone::clone(registry)) }
        }

        /// The schema: entity types, ends and rules, to be read and drawn.
        #[must_use]
        pub fn registry() -> &'static #krate::Registry {
            <Self as #krate::typed::Model>::registry()
        }

        /// The graph by handles, to be read: for what is generic over schemas,
        /// and for calls by number.
        #[must_use]
        #[inline]
        pub fn graph(&self) -> &#krate::Graph {
            &self.graph
        }

        /// A copy with the same ids.
        ///
        /// # Errors
        /// An entity type that is not `Clone`.
        pub fn try_clone(&self) -> #krate::Result<Self> {
            ::core::result::Result::Ok(Self { graph: self.graph.try_clone()? })
        }

        /// Whether two graphs hold the same entities and links under the same
        /// ids.
        ///
        /// # Errors
        /// An entity type that is not `PartialEq`.
        pub fn try_eq(&self, other: &Self) -> #krate::Result<bool> {
            self.graph.try_eq(&other.graph)
        }

        /// Checks everything, and names the first thing broken. Computes in
        /// O(graph).
        ///
        /// # Errors
        /// What is broken; never, unless the library has a bug.
        pub fn verify(&self) -> ::core::result::Result<(), #krate::Broken> {
            self.graph.verify()
        }
    }
}

fn reading(graph: &Graph) -> TokenStream {
    let krate = &graph.krate;
    let entity = quote!(#krate::typed::Entity<Graph = Self>);
    quote! {
        /// An entity, to be read. Computes in O(1).
        ///
        /// # Panics
        /// When the handle is used, if the entity was deleted or is of another
        /// graph: `get` asks.
        #[must_use]
        #[inline]
        pub fn at<T: #entity>(&self, id: #krate::Id<T>) -> #krate::typed::RefOf<'_, T> {
            #krate::typed::Ref::at(&self.graph, id).into()
        }

        /// An entity, if it lives. Computes in O(1).
        #[must_use]
        #[inline]
        pub fn get<T: #entity>(
            &self,
            id: #krate::Id<T>,
        ) -> ::core::option::Option<#krate::typed::RefOf<'_, T>> {
            #krate::typed::Ref::get(&self.graph, id).map(::core::convert::Into::into)
        }

        /// Whether an id names a live entity. Computes in O(1).
        #[must_use]
        pub fn contains<T: #entity>(&self, id: #krate::Id<T>) -> bool {
            self.graph.contains(T::TYPE, id)
        }

        /// All entities of a type, in the order of their slots. O(1) for each.
        #[must_use]
        pub fn all<T: #entity>(&self) -> #krate::typed::All<'_, T> {
            #krate::typed::All::of(&self.graph)
        }

        /// How many entities of a type there are. Computes in O(1).
        #[must_use]
        pub fn count<T: #entity>(&self) -> usize {
            self.graph.len(T::TYPE)
        }

        /// What deleting these entities would do: who would go, by which path,
        /// and who forbids it.
        ///
        /// # Errors
        /// An id that is not live.
        pub fn plan_delete(
            &self,
            ids: impl ::core::iter::IntoIterator<Item = #krate::AnyId>,
        ) -> #krate::Result<#krate::DeletePlan> {
            self.graph.plan_delete(ids)
        }

        /// The container of an entity, and the end of it where the entity
        /// stands, if there is one. Computes in O(ends that contain its type).
        #[must_use]
        pub fn container(
            &self,
            id: impl ::core::convert::Into<#krate::AnyId>,
        ) -> ::core::option::Option<(#krate::AnyId, #krate::EndId)> {
            self.graph.container(id.into())
        }

        /// An id in words, as `Book#3v1`.
        #[must_use]
        pub fn describe(
            &self,
            id: impl ::core::convert::Into<#krate::AnyId>,
        ) -> ::std::string::String {
            self.graph.describe(id.into())
        }
    }
}

fn finding(graph: &Graph) -> TokenStream {
    let krate = &graph.krate;
    let entity = quote!(#krate::typed::Entity<Graph = Self>);
    quote! {
        /// The entity with a key: borrowed as `"Eden"`, or `(&a, &3)` for a key
        /// of several fields. Computes in O(1).
        #[must_use]
        pub fn find<T: #krate::typed::Keyed<Graph = Self>>(
            &self,
            key: impl #krate::Lookup<T::Key>,
        ) -> ::core::option::Option<#krate::typed::RefOf<'_, T>> {
            self.find_by(T::KEY, key)
        }

        /// The entity with a unique key, as `Author::EMAIL`. Computes in O(1).
        #[must_use]
        pub fn find_by<T: #entity, K: #krate::KeyShape>(
            &self,
            key: #krate::UniqueKey<T, K>,
            value: impl #krate::Lookup<K>,
        ) -> ::core::option::Option<#krate::typed::RefOf<'_, T>> {
            self.graph.find(key, value).map(|id| self.at(id))
        }

        /// All entities with a value in an index, in the order of their slots.
        /// Computes in O(1), and O(1) for each.
        #[must_use]
        pub fn find_all<T: #entity, K: #krate::KeyShape>(
            &self,
            index: #krate::HashIndex<T, K>,
            value: impl #krate::Lookup<K>,
        ) -> #krate::typed::FoundRefs<'_, #krate::Found<#krate::Matches<'_, T>>> {
            #krate::typed::FoundRefs::new(&self.graph, self.graph.find_all(index, value))
        }

        /// All entities with a value in a range, in the order of an ordered
        /// index. Computes in O(log n), and O(1) for each.
        #[must_use]
        pub fn range<T: #entity, K: #krate::OrderedShape, L: #krate::Limit<K> + ?::core::marker::Sized>(
            &self,
            index: #krate::OrderedIndex<T, K>,
            range: impl ::core::ops::RangeBounds<L>,
        ) -> #krate::typed::FoundRefs<'_, #krate::Found<#krate::KeyRange<'_, T>>> {
            #krate::typed::FoundRefs::new(&self.graph, self.graph.range(index, range))
        }
    }
}

fn writing(graph: &Graph) -> TokenStream {
    let krate = &graph.krate;
    let entity = quote!(#krate::typed::Entity<Graph = Self>);
    quote! {
        /// Inserts an entity: a payload, or one with its links, as
        /// `book.with_author(lem)`. All or nothing.
        ///
        /// # Errors
        /// A key that another entity has, a dead id, a rule that a link would
        /// break, or a check; then nothing has changed.
        #[inline]
        pub fn insert<N>(&mut self, new: N) -> #krate::Result<#krate::Id<N::Entity>>
        where
            N: #krate::typed::Insertable,
            N::Entity: #entity,
        {
            new.put_into(&mut self.graph)
        }

        /// The entity with the key of this payload, or a new one; whether it
        /// was inserted.
        ///
        /// # Errors
        /// As `insert`.
        pub fn get_or_insert<T: #krate::typed::Keyed<Graph = Self>>(
            &mut self,
            payload: T,
        ) -> #krate::Result<(#krate::Id<T>, bool)> {
            self.graph.get_or_insert(T::TYPE, payload)
        }

        /// Inserts a payload, or puts it in the place of the one whose entity
        /// has its key; links stay. The old payload.
        ///
        /// # Errors
        /// As `insert`.
        pub fn upsert<T: #krate::typed::Keyed<Graph = Self>>(
            &mut self,
            payload: T,
        ) -> #krate::Result<(#krate::Id<T>, ::core::option::Option<T>)> {
            self.graph.upsert(T::TYPE, payload)
        }

        /// Inserts payloads as one call, in order; their ids.
        ///
        /// # Errors
        /// As `insert`; then none of them was inserted.
        pub fn insert_all<T: #entity + #krate::typed::Insertable>(
            &mut self,
            payloads: impl ::core::iter::IntoIterator<Item = T>,
        ) -> #krate::Result<::std::vec::Vec<#krate::Id<T>>> {
            self.graph.insert_all(T::TYPE, payloads)
        }

        /// Links many pairs at an end, as `Book::AUTHOR`, in order and as one
        /// call; how many were not linked. What the setters or `push` do one by
        /// one, with room made once.
        ///
        /// # Errors
        /// A dead id, or a rule that a link would break; then nothing was
        /// linked.
        pub fn bulk<S: #entity, T: #entity>(
            &mut self,
            end: impl #krate::EndOf<S, T>,
            pairs: impl ::core::iter::IntoIterator<Item = (#krate::Id<S>, #krate::Id<T>)>,
        ) -> #krate::Result<usize> {
            self.graph.bulk(end, pairs)
        }

        /// Makes room for more entities of a type.
        pub fn reserve<T: #entity>(&mut self, additional: usize) {
            self.graph.reserve(T::TYPE, additional);
        }

        /// Gives back the memory that is not in use, after many deletes or when
        /// the graph is complete. Computes in O(graph).
        pub fn shrink_to_fit(&mut self) {
            self.graph.shrink_to_fit();
        }

        /// An entity, to be changed. Computes in O(1).
        ///
        /// Each write is an error if the entity was deleted or is of another
        /// graph; reading through the handle panics then. `try_edit` asks.
        #[must_use]
        #[inline]
        pub fn edit<T: #entity>(&mut self, id: #krate::Id<T>) -> T::Mut<'_> {
            #krate::typed::Mut::at(&mut self.graph, id).into()
        }

        /// An entity, to be changed. Computes in O(1).
        ///
        /// # Errors
        /// It was deleted, or is of another graph.
        #[inline]
        pub fn try_edit<T: #entity>(&mut self, id: #krate::Id<T>) -> #krate::Result<T::Mut<'_>> {
            #krate::typed::Mut::get(&mut self.graph, id).map(::core::convert::Into::into)
        }
    }
}

/// What concerns several entities.
fn parts(graph: &Graph) -> TokenStream {
    let krate = &graph.krate;
    let entity = quote!(#krate::typed::Entity<Graph = Self>);
    quote! {
        /// Changes two payloads at once, keys judged after both: so that two
        /// entities can exchange keys.
        ///
        /// # Errors
        /// A key that a third has, or a dead id; then nothing has changed.
        pub fn swap_keys<T: #entity + ::core::clone::Clone>(
            &mut self,
            a: #krate::Id<T>,
            b: #krate::Id<T>,
            exchange: impl ::core::ops::FnOnce(&mut T, &mut T),
        ) -> #krate::Result<()> {
            self.graph.swap_keys(T::TYPE, a, b, exchange)
        }

        /// Copies entities and all that they lead to at some ends, as one
        /// builder: links inside are led to the copies, links to the outside
        /// kept where the other end takes more. Computes in O(what is copied).
        pub fn copy(
            &mut self,
            roots: impl ::core::iter::IntoIterator<Item = #krate::AnyId>,
            ends: impl ::core::iter::IntoIterator<Item = #krate::EndId>,
        ) -> #krate::CopyBuilder<'_> {
            self.graph.copy(roots, ends)
        }

        /// Deletes an entity and all that its delete rules take along.
        /// Computes in O(links of what is deleted).
        ///
        /// # Errors
        /// A delete rule that denies, a survivor that would lack a required
        /// link, or a dead id; then nothing has changed.
        pub fn delete<T: #entity>(
            &mut self,
            id: #krate::Id<T>,
        ) -> #krate::Result<#krate::Deleted<T>> {
            self.graph.delete(T::TYPE, id)
        }

        /// Deletes several entities of any types as one plan.
        ///
        /// # Errors
        /// As `delete`.
        pub fn delete_all(
            &mut self,
            ids: impl ::core::iter::IntoIterator<Item = #krate::AnyId>,
        ) -> #krate::Result<#krate::Deletion> {
            self.graph.delete_all(ids)
        }
    }
}

fn transactions(graph: &Graph) -> TokenStream {
    let krate = &graph.krate;
    quote! {
        /// Runs several calls as one transaction: with `Ok` all of them stand;
        /// with `Err`, or a panic, none was made. They nest. Required links,
        /// least counts and orphans are judged at the end of the outermost.
        ///
        /// # Errors
        /// Whatever `parts` returns, and what the judging finds.
        ///
        /// # Panics
        /// If `parts` exchanges the graph for another, as `mem::swap` does.
        pub fn transaction<R>(
            &mut self,
            parts: impl ::core::ops::FnOnce(&mut Self) -> #krate::Result<R>,
        ) -> #krate::Result<R> {
            #krate::typed::transaction(self, parts)
        }

        /// `transaction` for an error of your own.
        ///
        /// # Errors
        /// As there.
        ///
        /// # Panics
        /// As there.
        pub fn try_transaction<R, E: ::core::convert::From<#krate::Error>>(
            &mut self,
            parts: impl ::core::ops::FnOnce(&mut Self) -> ::core::result::Result<R, E>,
        ) -> ::core::result::Result<R, E> {
            #krate::typed::transaction(self, parts)
        }
    }
}

fn history(graph: &Graph) -> TokenStream {
    let krate = &graph.krate;
    quote! {
        /// Keeps a history of so many steps, to undo and redo: each transaction
        /// is a step, and each call outside of one. With 0, none.
        ///
        /// # Errors
        /// Inside a transaction.
        pub fn keep_history(&mut self, depth: usize) -> #krate::Result<()> {
            self.graph.keep_history(depth)
        }

        /// Takes back the last step of the history; `false` if there is none.
        /// Computes in O(what the step did).
        ///
        /// # Errors
        /// Inside a transaction.
        pub fn undo(&mut self) -> #krate::Result<bool> {
            self.graph.undo()
        }

        /// Does the step again that was undone last; `false` if there is none.
        /// Computes in O(what the step did).
        ///
        /// # Errors
        /// Inside a transaction.
        pub fn redo(&mut self) -> #krate::Result<bool> {
            self.graph.redo()
        }

        /// The name of the step that `undo` would take back, if it has one.
        #[must_use]
        pub fn undo_label(&self) -> ::core::option::Option<&::core::primitive::str> {
            self.graph.undo_label()
        }

        /// The name of the step that `redo` would do again, if it has one.
        #[must_use]
        pub fn redo_label(&self) -> ::core::option::Option<&::core::primitive::str> {
            self.graph.redo_label()
        }

        /// Names the step that the transaction under way, or else the next call,
        /// becomes.
        pub fn name_step(&mut self, label: impl ::core::convert::Into<::std::sync::Arc<str>>) {
            self.graph.name_step(label);
        }

        /// Names the step, which becomes part of the last one if that has the
        /// same name.
        pub fn join_step(&mut self, label: impl ::core::convert::Into<::std::sync::Arc<str>>) {
            self.graph.join_step(label);
        }
    }
}

fn changes(graph: &Graph) -> TokenStream {
    let krate = &graph.krate;
    quote! {
        /// What `undo` would do; nothing if there is no step.
        ///
        /// # Errors
        /// A payload that is not `Clone`; inside a transaction.
        pub fn plan_undo(&mut self) -> #krate::Result<#krate::ChangeSet> {
            self.graph.plan_undo()
        }

        /// Marks this moment, to ask what was done since as long as it lives.
        ///
        /// # Errors
        /// Inside a transaction.
        pub fn mark(&mut self) -> #krate::Result<#krate::Mark> {
            self.graph.mark()
        }

        /// The net effect of what was done since a mark. Computes in O(changes).
        ///
        /// # Errors
        /// A mark of another graph; a payload that is not `Clone`.
        pub fn changes_since(&self, mark: &#krate::Mark) -> #krate::Result<#krate::ChangeSet> {
            self.graph.changes_since(mark)
        }

        /// The net effect of what was done between two marks. Computes in
        /// O(changes since the first).
        ///
        /// # Errors
        /// As `changes_since`.
        pub fn changes_between(
            &self,
            from: &#krate::Mark,
            to: &#krate::Mark,
        ) -> #krate::Result<#krate::ChangeSet> {
            self.graph.changes_between(from, to)
        }

        /// Does what a change set says, all or nothing.
        ///
        /// # Errors
        /// The graph is in another state than the one that it begins in; then
        /// nothing has changed.
        pub fn apply(&mut self, changes: &#krate::ChangeSet) -> #krate::Result<()> {
            self.graph.apply(changes)
        }
    }
}

fn observers(graph: &Graph) -> TokenStream {
    let krate = &graph.krate;
    let entity = quote!(#krate::typed::Entity<Graph = Self>);
    let observer = quote! {
        impl ::core::ops::Fn(&#krate::Commit<'_>, &mut #krate::Queue)
            + ::core::marker::Send + ::core::marker::Sync + 'static
    };
    quote! {
        /// Has an observer hear of each commit, once, when all is written, as
        /// long as the subscription lives. What it wants to change it queues.
        pub fn observe(&mut self, observer: #observer) -> #krate::Subscription {
            self.graph.observe(observer)
        }

        /// Has an observer hear of entities of a type that come, go, and get
        /// other payloads.
        pub fn observe_type<T: #entity>(&mut self, observer: #observer) -> #krate::Subscription {
            self.graph.observe_type(T::TYPE, observer)
        }

        /// Has an observer hear of the links at an end, as `Book::AUTHOR`,
        /// whichever end they were changed at.
        pub fn observe_end(
            &mut self,
            end: impl ::core::convert::Into<#krate::EndId>,
            observer: #observer,
        ) -> #krate::Subscription {
            self.graph.observe_end(end, observer)
        }
    }
}

fn traits(graph: &Graph) -> TokenStream {
    let Graph { krate, name, .. } = graph;
    quote! {
        #[automatically_derived]
        impl ::core::default::Default for #name {
            fn default() -> Self {
                Self::new()
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.graph, f)
            }
        }

        #[automatically_derived]
        impl ::core::convert::AsRef<#krate::Graph> for #name {
            fn as_ref(&self) -> &#krate::Graph {
                &self.graph
            }
        }

        #[automatically_derived]
        impl<T: #krate::typed::Entity<Graph = #name>> ::core::ops::Index<#krate::Id<T>> for #name {
            type Output = T;

            /// The payload of a live entity.
            #[track_caller]
            fn index(&self, id: #krate::Id<T>) -> &T {
                #krate::typed::Ref::at(&self.graph, id).payload()
            }
        }
    }
}
