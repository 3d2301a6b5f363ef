import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** What `vite build` leaves where the nonce of a page belongs. */
const placeholder = '__NONCE__';

/** Scripts come from files only; styles also from the component library, which carries the nonce of the page. No other host is asked anything. */
const pagePolicy = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** @returns whether a built console lies in `folder` */
export const isConsole = (folder: string): boolean => existsSync(join(folder, 'index.html'));

/**
 * Serves the built console of `folder` beside the API: its files under `/assets`, its one page for every other path outside `/api`,
 * so that a link into it works. Must be called before the application is initialised.
 */
export async function serveConsole(app: NestFastifyApplication, folder: string): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  await fastify.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    index: false,
    decorateReply: false,
    cacheControl: false,
    // Every name holds the hash of what is in it.
    setHeaders: reply => void reply.header('cache-control', 'public, max-age=31536000, immutable'),
  });
  fastify.get('/*', (request, reply) => {
    if (/^\/api(\/|\?|$)/.test(request.url)) return reply.callNotFound();
    const nonce = randomBytes(18).toString('base64url');
    return reply
      .header('content-security-policy', pagePolicy(nonce))
      .header('cross-origin-opener-policy', 'same-origin')
      .header('permissions-policy', 'camera=(), geolocation=(), microphone=()')
      .type('text/html; charset=utf-8')
      .send(page.replaceAll(placeholder, nonce));
  });
}
