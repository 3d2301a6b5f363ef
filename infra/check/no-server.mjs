// The global set-up of `npm run test:pure`: suites that need a server skip themselves.
export default () => undefined;
