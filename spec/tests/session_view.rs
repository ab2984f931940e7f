//! What a session may read after what it has seen.

use quorate_spec::{Property, SessionView};

#[test]
fn what_was_seen_is_never_unseen_and_other_keys_are_free() {
    let mut view = SessionView::default();
    assert!(view.allows(&"x", &0).is_ok(), "nothing was seen yet");
    view.saw(&"x", 3);
    view.saw(&"x", 2);
    for (key, version, allowed) in [("x", 2, false), ("x", 3, true), ("x", 4, true), ("y", 0, true)] {
        assert_eq!(view.allows(&key, &version).is_ok(), allowed, "{key} at {version}");
    }
    let broken = view.allows(&"x", &0).err().map(|violation| violation.property);
    assert_eq!(broken, Some(Property::NeverUnseen));
}

#[test]
fn a_view_that_is_handed_on_adds_to_what_the_other_has_seen_and_takes_nothing() {
    let (mut one, mut other) = (SessionView::default(), SessionView::default());
    one.saw(&"x", 5);
    one.saw(&"y", 1);
    other.saw(&"y", 2);
    other.handed_on(&one);
    assert!(other.allows(&"x", &4).is_err() && other.allows(&"y", &1).is_err());
    assert!(one.allows(&"y", &1).is_ok(), "it went one way");
}
