//! Makes one tree of elements look like another while keeping what is already there: whatever is the same stays, with
//! the focus, the scrolling, the typed text and the unfolded parts that it has.

use leptos::{wasm_bindgen::JsCast, web_sys};
use web_sys::{Element, Node};

/// Attributes that belong to the page as it is used, not to the server: what is unfolded, and what is on its way.
const ITS_OWN: [&str; 4] = ["open", "aria-busy", "data-awake", "data-pressed"];

/// Merges `new` into `old`, which are elements of the same kind.
pub fn merge(old: &Element, new: &Element) {
    attributes(old, new);
    // An island lives its own life between two answers.
    if old.tag_name() == "LEPTOS-ISLAND" || old.is_equal_node(Some(new)) {
        return;
    }
    children(old, new);
}

fn attributes(old: &Element, new: &Element) {
    let wanted = new.attributes();
    for at in 0..wanted.length() {
        let Some(attribute) = wanted.item(at) else { continue };
        let (name, value) = (attribute.name(), attribute.value());
        if !ITS_OWN.contains(&name.as_str()) && old.get_attribute(&name).as_deref() != Some(&value) {
            let _ = old.set_attribute(&name, &value);
        }
    }
    let there = old.attributes();
    let names: Vec<String> = (0..there.length()).filter_map(|at| there.item(at)).map(|attribute| attribute.name()).collect();
    for name in names.iter().filter(|name| !new.has_attribute(name) && !ITS_OWN.contains(&name.as_str())) {
        let _ = old.remove_attribute(name);
    }
}

fn children(old: &Element, new: &Element) {
    let mut here = old.first_child();
    let mut wanted = new.first_child();
    while let Some(node) = wanted {
        wanted = node.next_sibling();
        let known = id(&node).and_then(|id| named(old, &id));
        if let Some(known) = known {
            // The same thing in another place is moved, not made anew.
            if here.as_ref() == Some(known.unchecked_ref()) {
                here = known.next_sibling();
            } else {
                let _ = old.insert_before(&known, here.as_ref());
            }
            merge(&known, node.unchecked_ref());
            continue;
        }
        match here.take() {
            Some(there) if alike(&there, &node) => {
                here = there.next_sibling();
                match (there.dyn_ref::<Element>(), node.dyn_ref::<Element>()) {
                    (Some(there), Some(node)) => merge(there, node),
                    _ if there.node_value() != node.node_value() => there.set_node_value(node.node_value().as_deref()),
                    _ => {}
                }
            }
            there => {
                let _ = old.insert_before(&node, there.as_ref());
                here = there;
            }
        }
    }
    while let Some(rest) = here {
        here = rest.next_sibling();
        let _ = old.remove_child(&rest);
    }
}

/// Two nodes of one kind, of which neither is something that has a name of its own.
fn alike(old: &Node, new: &Node) -> bool {
    let same = |name: &str| {
        let of = |node: &Node| node.dyn_ref::<Element>().and_then(|element| element.get_attribute(name));
        of(old) == of(new)
    };
    // Fields are what their names say: a text typed into one must not turn up in another.
    old.node_name() == new.node_name() && id(old).is_none() && id(new).is_none() && same("name") && same("data-component")
}

/// Read as an attribute: a form's own `id` is the field of that name, where it has one.
fn id(node: &Node) -> Option<String> {
    node.dyn_ref::<Element>().and_then(|element| element.get_attribute("id")).filter(|id| !id.is_empty())
}

/// The child of that id.
fn named(parent: &Element, id: &str) -> Option<Element> {
    let children = parent.children();
    (0..children.length()).filter_map(|at| children.item(at)).find(|child| child.get_attribute("id").as_deref() == Some(id))
}
