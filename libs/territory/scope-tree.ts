import type { AnyFact } from '@lib/platform/kernel/event.js';
import type { DivisionFact } from './division/division.events.js';

interface Node {
  readonly divisionId: string;
  code: string;
  name: string;
  /** False as long as only others speak of it. */
  defined: boolean;
  parent: Node | undefined;
  /** Where it went when it ended; none while it is active, and none when it ended without a successor. */
  successors: readonly Node[];
}

/** A division as a stored tree keeps it; such rows are those of the read model `division`. */
export interface TreeRow {
  readonly divisionId: string;
  readonly code: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly successorIds: readonly string[];
  /** Set in rows that hold no more. */
  readonly recordedUntil?: string | null;
  readonly effectiveUntil?: string | null;
}

const isDivisionFact = (fact: AnyFact): fact is DivisionFact => fact.class.category === 'division';

/**
 * Today's tree of divisions in memory: the one public file by which other rooms ask who is above whom.
 * A division that was merged or split counts as its successors: what lay in it lies where they lie, and who was over it is over
 * them. What became several lies only in what all of them lie in, so nobody sees the part that is not theirs.
 */
export class ScopeTree {
  private readonly nodes = new Map<string, Node>();
  private readonly under = new Map<string, readonly string[]>();
  private root: Node | undefined;
  /** What was heard before the stored tree came. */
  private early: DivisionFact[] | undefined = [];

  /** The province. */
  get rootId(): string | undefined {
    return this.root?.divisionId;
  }

  isRoot(divisionId: string): boolean {
    return this.root !== undefined && this.root.divisionId === divisionId;
  }

  nameOf(divisionId: string): { readonly code: string; readonly name: string } | undefined {
    const node = this.nodes.get(divisionId);
    return node?.defined ? node : undefined;
  }

  /** Whether everything in `divisionId` lies in `ancestorId`; a division covers itself, an unknown one nothing. */
  covers(ancestorId: string, divisionId: string): boolean {
    const ancestor = this.nodes.get(ancestorId);
    const node = this.nodes.get(divisionId);
    return ancestor !== undefined && node !== undefined && ancestor.defined && node.defined && lies(node, ancestor);
  }

  /** Everything that a division covers, with those that have ended; the same list until the tree changes. */
  idsUnder(divisionId: string): readonly string[] {
    let ids = this.under.get(divisionId);
    if (!ids) {
      ids = [...this.nodes.keys()].filter(id => this.covers(divisionId, id));
      this.under.set(divisionId, ids);
    }
    return ids;
  }

  /** Facts of other streams are none of its business and change nothing. */
  apply(fact: AnyFact): void {
    if (!isDivisionFact(fact)) return;
    this.early?.push(fact);
    const { type, data } = fact;
    switch (type) {
      case 'DivisionDefined':
        this.place({ ...data, parentId: data.parentId ?? null, successorIds: [] });
        break;
      case 'DivisionRenamed':
        this.node(data.divisionId).name = data.name;
        break;
      case 'DivisionRecoded':
        this.node(data.divisionId).code = data.code;
        break;
      case 'DivisionReparented':
        this.node(data.divisionId).parent = this.node(data.parentId);
        this.under.clear();
        break;
      case 'DivisionMergedInto':
        this.end(data.divisionId, [data.successorId]);
        break;
      case 'DivisionSplit':
        this.end(data.divisionId, data.successorIds);
        break;
      case 'DivisionAbolished':
        this.end(data.divisionId, data.successorId === undefined ? [] : [data.successorId]);
        break;
      // Kinds, populations and rosters have nothing to do with what lies under what.
      default:
    }
  }

  /**
   * Takes a stored tree, its rows in any order; rows that hold no more are passed over. Facts that were heard before are newer
   * than the rows or as old, so they are said once more.
   */
  load(rows: Iterable<TreeRow>): void {
    for (const row of rows) {
      if ((row.recordedUntil ?? row.effectiveUntil ?? null) === null) this.place(row);
    }
    const early = this.early ?? [];
    this.early = undefined;
    for (const fact of early) this.apply(fact);
  }

  private place({ divisionId, code, name, parentId, successorIds }: TreeRow): void {
    const node = this.node(divisionId);
    node.code = code;
    node.name = name;
    node.defined = true;
    node.parent = parentId === null ? undefined : this.node(parentId);
    node.successors = successorIds.map(id => this.node(id));
    if (parentId === null) this.root ??= node;
    this.under.clear();
  }

  private end(divisionId: string, successorIds: readonly string[]): void {
    this.node(divisionId).successors = successorIds.map(id => this.node(id));
    this.under.clear();
  }

  private node(divisionId: string): Node {
    let node = this.nodes.get(divisionId);
    if (!node) {
      node = { divisionId, code: '', name: '', defined: false, parent: undefined, successors: [] };
      this.nodes.set(divisionId, node);
    }
    return node;
  }
}

function lies(node: Node, ancestor: Node): boolean {
  let at: Node | undefined = node;
  while (at !== undefined) {
    if (at === ancestor || isAmong(at, ancestor.successors)) return true;
    if (at.successors.length > 1) return at.successors.every(successor => lies(successor, ancestor));
    at = at.successors[0] ?? at.parent;
  }
  return false;
}

/** Whether a division is one of these, or of those that they became. */
const isAmong = (node: Node, successors: readonly Node[]): boolean =>
  successors.some(successor => successor === node || isAmong(node, successor.successors));
