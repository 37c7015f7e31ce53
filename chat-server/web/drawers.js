const NARROW = ['(max-width: 759px)', '(max-width: 1079px)'];

/** The panels beside the talk, which on narrow screens are drawers over it, one open at a time. */
export class Drawers {
  #talk = document.querySelector('main');
  #shade = document.querySelector('#shade');
  #toggles = [...document.querySelectorAll('[aria-controls]')];
  #open;

  constructor() {
    for (const toggle of this.#toggles) {
      toggle.addEventListener('click', () => (this.#open === toggle ? this.close() : this.#show(toggle)));
    }
    this.#shade.addEventListener('click', () => this.close());
    // A panel that finds room beside the talk is none any more.
    for (const query of NARROW) matchMedia(query).addEventListener('change', () => this.#show(undefined));
  }

  /** Opens the drawer that a panel is here, if it is one. */
  open(panel) {
    const toggle = this.#toggles.find((other) => other.getAttribute('aria-controls') === panel);
    if (toggle.checkVisibility() && this.#open !== toggle) this.#show(toggle);
  }

  /** Closes what is open and gives the focus back; answers whether there was something. */
  close() {
    const toggle = this.#open;
    this.#show(undefined);
    toggle?.focus();
    return toggle !== undefined;
  }

  // What is below must not be reached by keyboard either.
  #show(open) {
    this.#open = open;
    for (const toggle of this.#toggles) {
      toggle.ariaExpanded = String(toggle === open);
      const panel = document.getElementById(toggle.getAttribute('aria-controls'));
      panel.classList.toggle('open', toggle === open);
      if (toggle === open) panel.focus();
    }
    this.#talk.inert = open !== undefined;
    this.#shade.hidden = open === undefined;
  }
}
