export function holdFolder(folder: string): Promise<(() => Promise<void>) | undefined>;
