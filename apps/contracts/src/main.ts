import 'reflect-metadata';
import { feedContracts } from './feed-contracts.js';
import { httpContract } from './http-contract.js';

// npm run contracts [-- --check]: writes what those outside build on, or fails when what is committed says something else.
const check = process.argv.includes('--check');
const outcomes = [await httpContract(check), await feedContracts(check)];
const faults = outcomes.flatMap(outcome => outcome.faults);
for (const fault of faults) console.error(`✗ ${fault}`);
console.log(`contracts: ${outcomes.map(({ summary }) => summary).join('; ')}; ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
