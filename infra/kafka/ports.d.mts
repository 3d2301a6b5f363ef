export function freePorts(count: number): Promise<number[]>;
export function isFree(port: number): Promise<boolean>;
