/** The component library writes styles while it runs; the page's policy lets only those in that carry the nonce of this page. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce;

// Dialogs measure the scroll bar and hold the page still by styles to which the library gives no nonce.
document.createElement = new Proxy(document.createElement, {
  apply(create, self, args: Parameters<typeof document.createElement>) {
    const made: unknown = Reflect.apply(create, self, args);
    if (nonce && made instanceof HTMLStyleElement) made.nonce = nonce;
    return made;
  },
});
