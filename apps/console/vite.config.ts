import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The house replaces the nonce in every page that it sends. */
export const noncePlaceholder = '__NONCE__';

export default defineConfig({
  root: at('.'),
  resolve: {
    alias: [
      { find: '@lib', replacement: at('../../libs') },
      // Files of Excel are read and written without threads from scripts that a library makes up.
      { find: /^fflate$/, replacement: at('src/sheets/zip-at-once.ts') },
    ],
  },
  worker: { format: 'es' },
  html: { cspNonce: noncePlaceholder },
  build: {
    outDir: at('../../dist/console'),
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2_000,
    // A file in the page would need a policy that allows every other one.
    assetsInlineLimit: 0,
    rolldownOptions: {
      onLog(level, log, say) {
        // The component library marks its files for a kind of server that is not used here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') say(level, log);
      },
    },
  },
});
