/** What lies under a branch, all levels together. */
export class StructureCounts {
  /** Streets and towns that must have a center. @example 10 */
  readonly townships!: number;
  /** Those of them that have an active one. @example 9 */
  readonly townshipsWithCenter!: number;
  /** @example 9 */
  readonly centers!: number;
  /** @example 40 */
  readonly stations!: number;
  /** Stations with a social worker of their own. @example 38 */
  readonly staffedStations!: number;
  /** @example 4 */
  readonly redStations!: number;
  /** Links of volunteers to stations. @example 120 */
  readonly volunteers!: number;
}
