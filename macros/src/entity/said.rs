//! `name`, `name = value`, `name(…)`, separated by commas: what an attribute
//! says, before anybody asks what it means.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, Token};

/// One thing said.
pub(super) struct Said {
    pub(super) name: Ident,
    pub(super) value: Value,
}

/// What follows the name.
pub(super) enum Value {
    Nothing,
    Is(TokenStream),
    Group(TokenStream),
}

impl Parse for Said {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = Ident::parse_any(input)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::Is(until_comma(input)?)
        } else if input.peek(syn::token::Paren) {
            let inside;
            syn::parenthesized!(inside in input);
            Value::Group(inside.parse()?)
        } else {
            Value::Nothing
        };
        Ok(Self { name, value })
    }
}

fn until_comma(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    if tokens.is_empty() {
        return Err(input.error("a value is missing behind the `=`"));
    }
    Ok(tokens)
}

impl Said {
    /// All that is said between the parentheses of an attribute.
    pub(super) fn list(tokens: TokenStream) -> syn::Result<Vec<Self>> {
        let list = Punctuated::<Self, Token![,]>::parse_terminated.parse2(tokens)?;
        Ok(list.into_iter().collect())
    }

    pub(super) fn span(&self) -> Span {
        self.name.span()
    }

    /// The name alone, with nothing behind it.
    pub(super) fn flag(&self) -> syn::Result<Span> {
        match self.value {
            Value::Nothing => Ok(self.span()),
            Value::Is(_) | Value::Group(_) => Err(self.wrong("stands alone, without a value")),
        }
    }

    /// The identifier behind the `=`.
    pub(super) fn ident(&self) -> syn::Result<Ident> {
        Ident::parse_any.parse2(self.tokens()?).map_err(|error| {
            syn::Error::new(
                error.span(),
                format!("a name is wanted for `{}`", self.name),
            )
        })
    }

    /// A name with things said of it in parentheses, or a name alone, behind
    /// the `=`.
    pub(super) fn call(&self) -> syn::Result<Self> {
        syn::parse2(self.tokens()?)
    }

    /// What stands behind the `=`.
    pub(super) fn tokens(&self) -> syn::Result<TokenStream> {
        match &self.value {
            Value::Is(tokens) => Ok(tokens.clone()),
            Value::Nothing | Value::Group(_) => Err(self.wrong("is written `… = …`")),
        }
    }

    pub(super) fn wrong(&self, what: &str) -> syn::Error {
        syn::Error::new(self.span(), format!("`{}` {what}", self.name))
    }
}

/// One name, or several in parentheses.
pub(super) fn names(tokens: TokenStream) -> syn::Result<Vec<Ident>> {
    let parser = |input: ParseStream<'_>| {
        if input.peek(syn::token::Paren) {
            let inside;
            syn::parenthesized!(inside in input);
            let names = Punctuated::<Ident, Token![,]>::parse_terminated(&inside)?;
            return Ok(names.into_iter().collect());
        }
        Ok(vec![Ident::parse_any(input)?])
    };
    parser.parse2(tokens)
}
