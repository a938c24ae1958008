"""Trainings on the server: the one that is shown, what can be done to it, the queue, and a form for the next one."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from vaeexplorer.app import address, caches, state
from vaeexplorer.app.server.components import component
from vaeexplorer.app.server.served import trainings
from vaeexplorer.app.text import literal
from vaeexplorer.app.views.training import form
from vaeexplorer.config import DATASETS, RunConfig
from vaeexplorer.data.images import FULL_SIZE, DataError
from vaeexplorer.data.own import library
from vaeexplorer.errors import UserError
from vaeexplorer.export.training import SHEETS
from vaeexplorer.figures.theme import classes
from vaeexplorer.network.dials import Dial
from vaeexplorer.trainings import ahead, queue
from vaeexplorer.trainings.estimate import seconds
from vaeexplorer.trainings.listing import LIVING, TrainingCard, list_trainings

_served = component("served_training", "served", *SHEETS, "served/served.css")


_NEXT = "served-next"


def chosen() -> dict[str, TrainingCard]:
    """The trainings by name, once it is chosen which of them is shown."""
    cards = {card.name: card for card in list_trainings()}
    if (following := st.session_state.pop(_NEXT, None)) in cards:
        st.session_state[state.SERVED.name] = following
    if cards:
        address.choose(state.SERVED, list(cards))
    return cards


def on_this_server(cards: dict[str, TrainingCard]) -> None:
    """All of it. The script runs again where something is pressed or a training stands otherwise, never for a frame."""
    if cards:
        card = cards[st.session_state[state.SERVED.name]]
        _show(card)
        _choose(list(cards.values()))
        _tools(card)
    else:
        st.title("Train one on this server", anchor=False)
    with st.expander("New training", expanded=not cards, icon=":material/add:"):
        _new()


def _show(card: TrainingCard) -> None:
    try:
        test = caches.test_images(card.config.data.dataset)
        images = trainings.test_url(card.config.data.dataset)
    except DataError as error:
        st.error(literal(error))
        return
    _served(
        data={
            "name": card.name,
            "at": trainings.address(card.name),
            "images": images,
            "token": trainings.TOKEN,
            "choices": choices(card.config),
            **classes(test.class_names),
            "of": card.name,
            "keys": [],
            "link": {},
            "moves": 0,
        },
        key=state.SERVED_TRAINING,
        on_state_change=lambda: None,
    )


def choices(config: RunConfig) -> dict[str, Any]:
    """A configuration by the names of `browser/learning/session.js`."""
    model, objective, train = config.model, config.objective, config.train
    return {
        "dataset": config.data.dataset,
        "model": f"linear-{model.model}" if model.arch == "linear" else model.model,
        "dim": model.latent_dim,
        "widths": list(model.widths),
        "activation": model.activation,
        "likelihood": objective.likelihood,
        "variance": objective.pixel_variance,
        "beta": objective.beta,
        "warmup": objective.kl_warmup,
        "rate": train.learning_rate,
        "schedule": train.schedule,
        "epochs": train.epochs,
        "batch": train.batch_size,
        "seed": train.seed,
        "images": FULL_SIZE["train"],
    }


def _choose(cards: list[TrainingCard]) -> None:
    """Which is shown; those that wait have their place in the queue."""
    places = {card.name: n for n, card in enumerate((c for c in cards if c.state == "waiting"), 1)}
    states = {card.name: card.state for card in cards}

    def described(name: str) -> str:
        place = f", number {places[name]} in the queue" if name in places else ""
        return f"{name} · {states[name]}{place}"

    st.selectbox(
        "Trainings on this server", list(states), key=state.SERVED.name, format_func=described, persist_state="session"
    )


def _tools(card: TrainingCard) -> None:
    """What needs a name or a number."""
    with st.container(horizontal=True):
        with st.popover("Branch", icon=":material/fork_right:"):
            _branch(card)
        is_resting = card.state not in LIVING
        with st.popover("Rename", disabled=not is_resting):
            new = st.text_input("New name", card.name, key=f"rename-{card.name}")
            if st.button("Rename", key=f"do-rename-{card.name}") and _done(lambda: queue.rename(card.name, new)):
                _see(new)
        with st.popover("Delete", disabled=not is_resting):
            st.write("The run that came of it stays. What can be resumed or branched from goes.")
            if st.button("Delete it", key=f"do-delete-{card.name}") and _done(lambda: queue.delete(card.name)):
                _see("")
        if card.state in ("done", "stopped"):
            st.caption(f"The run is in the list: `{card.name}`.")
        if card.source:
            st.caption(f"A branch of {literal(card.source)}.")


def _branch(card: TrainingCard) -> None:
    is_variational = card.config.model.model == "vae" and card.config.objective.bound == "elbo"
    dial: Dial = "beta" if is_variational else "rate"
    before = card.config.objective.beta if is_variational else card.config.train.learning_rate
    st.write("Another training, from the end of the last epoch on.")
    value: float = st.number_input(
        "β from there on" if is_variational else "Learning rate from there on",
        min_value=0.0,
        value=8.0 if before < 8 and is_variational else before / 4,
        key=f"branch-value-{card.name}",
        format="%g",
    )
    epochs = st.number_input(
        "Epochs in all", 1, 100_000, max(card.config.train.epochs, card.epoch + 1), key=f"branch-epochs-{card.name}"
    )
    new = st.text_input("Its name", f"{card.name}-{dial}{value:g}", key=f"branch-name-{card.name}")
    if st.button("Branch", type="primary", key=f"do-branch-{card.name}") and _done(
        lambda: queue.branch(card.name, new, dial, value, epochs)
    ):
        _see(new)


@st.fragment
def _new() -> None:
    cards = list_trainings()
    first, begin, more = st.container(), st.container(), st.container()
    try:
        config = form.config_form(_datasets(), state.NEW_TRAINING, first, more)
        images = len(caches.training_images(config.data.dataset))
    except UserError as error:
        st.error(literal(error))
        return
    about = seconds(config, images, cards)
    usual = config.default_name
    is_busy = any(card.state in (*LIVING, "waiting") for card in cards)
    if not is_busy:
        ahead.start()
    with begin:
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        name = left.text_input("Name of the run", usual, key=f"{state.NEW_TRAINING}-name-{usual}")
        label = "Queue it" if is_busy else "Start"
        is_pressed = right.button(label, type="primary", width="stretch", key="start-training")
        if is_pressed and _done(lambda: queue.begin(name, config)):
            _see(name)
        took = f"{about:.0f} s" if about < 100 else f"{about / 60:.0f} min"
        st.caption(f"About {took} on {images:,} images, in a process of its own at a lower priority.")


def _datasets() -> list[str]:
    """Those whose images are on this machine, and one's own."""
    found = []
    for name in DATASETS:
        try:
            caches.test_images(name)
        except DataError:
            continue
        found.append(name)
    return found + [each.name for each in library.list_sets()[0]]


def _done(act: Callable[[], object]) -> bool:
    """Whether it could be done; else why not."""
    try:
        act()
    except UserError as error:
        st.error(literal(error))
        return False
    return True


def _see(name: str) -> None:
    """Show another training."""
    st.session_state[_NEXT] = name
    st.rerun()
