//! The effects that only need the library, the same on every host.

use std::sync::Arc;

use crate::app::{Action, Effect};
use crate::library::Library;

/// Carries out an effect that loads something from the library, and returns the answer.
///
/// `None` for all other effects, for a document that cannot be reloaded (the open version
/// stays), and for a comparison of nothing.
pub fn load(library: &Library, effect: Effect) -> Option<Action> {
    match effect {
        Effect::LoadDocument(code, path) => Some(match library.document(&code) {
            Ok(document) => Action::DocumentLoaded(document, path),
            Err(error) => Action::ShowMessage(error.to_string()),
        }),
        Effect::ReloadDocument(code) => {
            let document = library.document(&code).ok()?;
            Some(Action::DocumentReloaded(document))
        }
        Effect::LoadExcerpts(requests) => {
            let excerpts = requests.into_iter().map(|request| {
                let excerpt = library.excerpt(&request);
                (request, excerpt)
            });
            Some(Action::ExcerptsLoaded(excerpts.collect()))
        }
        Effect::LoadPreview(code) => {
            let document = library.document(&code).ok();
            Some(Action::PreviewLoaded(code, document))
        }
        Effect::LoadComparison(request) => {
            let (document, path) = library.comparison(&request)?;
            Some(Action::ComparisonLoaded(request, Arc::new(document), path))
        }
        Effect::Quit
        | Effect::Suspend
        | Effect::Redraw
        | Effect::Locate(_)
        | Effect::Edit(_)
        | Effect::Copy(_)
        | Effect::SetMouseOwner(_)
        | Effect::NextTheme
        | Effect::SaveTheme(_)
        | Effect::SavePanes(_)
        | Effect::SaveBookmark(_)
        | Effect::SavePosition(_)
        | Effect::SaveSearchHistory(_) => None,
    }
}
