// The only file that knows which libraries draw the page.

import { signal, computed, effect, batch } from "@preact/signals";
import htm from "htm";
import { Lexer } from "marked";
import { Component, createContext, h, render } from "preact";
import { useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { translated } from "./state/words.js";

export { signal, computed, effect, batch, Lexer, Component, createContext, h, render };
export { useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState };

const draw = htm.bind(h);

/** Nodes out of a template, whose words are those of the chosen language. @type {(strings: TemplateStringsArray, ...values: any[]) => any} */
export const html = (strings, ...values) => draw(translated(strings), ...values);

/**
 * A component that is drawn again only when one of its properties is another one.
 * @template {object} P @param {(properties: P) => any} draw @returns {any}
 */
export function memo(draw) {
  return class extends Component {
    /** @param {any} next */
    shouldComponentUpdate(next) {
      const before = /** @type {any} */ (this.props);
      return Object.keys(next).some((name) => next[name] !== before[name]);
    }

    /** @param {any} properties */
    render(properties) {
      this.before = this.drawn;
      this.drawn = draw(properties);
      return this.drawn;
    }

    /**
     * What was drawn before still points to its parent of then (`__`), and something older may hold it: the arguments of a
     * component that has not been drawn again since. Through a row that is drawn anew when it becomes the first of the list
     * every list that ever was would stay in memory.
     */
    componentDidUpdate() {
      if (this.before && this.before !== this.drawn) this.before.__ = null;
      this.before = null;
    }
  };
}
