//! What a guest is shown first: lines for the prompt, with words between them.

/// A step of the tour: what is said, and the line that shows it.
pub(super) struct Step {
    /// For people.
    pub(super) say: &'static str,
    /// As somebody might type it.
    pub(super) line: &'static str,
}

const fn step(say: &'static str, line: &'static str) -> Step {
    Step { say, line }
}

/// The tour; about half a minute.
pub(super) const TOUR: &[Step] = &[
    step("A key is written; two of the three disks have it when this returns.", "put tea green"),
    step("What each replica promised, accepted and knows chosen for it:", "inspect tea"),
    step("Eight clients read and write all the time:", "load on"),
    step("", "wait 4s"),
    step("Node 2 loses its power. Nobody is elected; clients go on with the others.", "kill 2"),
    step("", "wait 3s"),
    step("Writes go on meanwhile:", "put tea black"),
    step("Node 2 comes back, with what its disk holds, and catches up key by key.", "start 2"),
    step("", "wait 3s"),
    step("Node 3 hangs: its sockets are open, and nothing comes out of them.", "freeze 3"),
    step("", "wait 3s"),
    step("", "thaw 3"),
    step("", "wait 2s"),
    step(
        "Node 1 is cut off from the others. Clients that ask it get their answers from the majority.",
        "partition 1|2,3",
    ),
    step("", "wait 3s"),
    step("", "heal"),
    step("", "wait 2s"),
    step("What the clients saw after each of these:", "stats"),
    step("Does some order explain everything that any of them was told?", "verdict"),
    step("", "load off"),
];
