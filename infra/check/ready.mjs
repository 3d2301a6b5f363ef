// Whether the program of this container is ready: ends with 0 or 1. For the health check of infra/Containerfile.
const port = process.env.YIZHAN_PORT || '3000';
const ready = await fetch(`http://127.0.0.1:${port}/api/health/ready`, { signal: AbortSignal.timeout(4_000) }).then(
  ({ ok }) => ok,
  () => false,
);
process.exit(ready ? 0 : 1);
