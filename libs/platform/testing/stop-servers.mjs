export default async function stopServers() {
  await Promise.all([globalThis.__closeKafkaDesk?.(), globalThis.__stopPostgres?.()]);
}
