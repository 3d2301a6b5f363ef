import { openKafkaDesk } from './kafka-desk.mjs';
import startPostgres from './postgres-server.mjs';

export default async function startServers() {
  const [desk] = await Promise.all([openKafkaDesk(), startPostgres()]);
  globalThis.__closeKafkaDesk = desk.close;
}
