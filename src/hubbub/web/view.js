// The only file that knows which libraries draw the page.

import { signal, computed, effect, batch } from "@preact/signals";
import htm from "htm";
import { Lexer } from "marked";
import { Component, createContext, h, render } from "preact";
import { useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

export { signal, computed, effect, batch, Lexer, Component, createContext, h, render };
export { useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState };

/** @type {(strings: TemplateStringsArray, ...values: any[]) => any} */
export const html = htm.bind(h);

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
      return draw(properties);
    }
  };
}
