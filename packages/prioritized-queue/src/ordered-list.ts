// A list in key order that finds a place by key in O(log n).
//
// The nodes are linked twice. `before` and `after` thread them in order, so that a round robin takes one step in
// O(1) and keeps its cursor when other nodes come and go. `parent`, `left` and `right` make them a treap: a search
// tree by key and at the same time a heap by a random weight, which keeps it about as flat as a tree of keys that
// came in random order, whatever order they really came in. Links live in the nodes themselves, so removing one
// needs no search, and inserting one allocates nothing.

/** What a member of an `OrderedList` carries; `N` is the member's own type. Only the list writes the links. */
export interface OrderedNode<K, N> {
  key: K
  before: N | undefined
  after: N | undefined
  parent: N | undefined
  left: N | undefined
  right: N | undefined
  weight: number
}

/** Less than, equal to or greater than zero, as for `Array.prototype.sort`. It has to be a total order. */
export type CompareKeys<K> = (a: K, b: K) => number

/**
 * Nodes in ascending order of their keys, each key once.
 *
 * Without `compareKeys` the order is that of `<`, which suits numbers, bigints and strings.
 */
export class OrderedList<K, N extends OrderedNode<K, N>> {
  readonly #compareKeys: CompareKeys<K> | undefined
  #root: N | undefined = undefined
  #first: N | undefined = undefined
  #last: N | undefined = undefined
  #count = 0
  #random = 0x2545f491

  constructor(compareKeys?: CompareKeys<K>) {
    this.#compareKeys = compareKeys
  }

  get first(): N | undefined {
    return this.#first
  }

  get last(): N | undefined {
    return this.#last
  }

  get count(): number {
    return this.#count
  }

  /** Less than, equal to or greater than zero. A key that has no place, such as `NaN`, is not even equal to itself. */
  compare(a: K, b: K): number {
    if (this.#compareKeys !== undefined) return this.#compareKeys(a, b)
    return a === b ? 0 : a < b ? -1 : 1
  }

  /** The node with this key, or else one next to where it belongs; `undefined` only if the list is empty. */
  nearest(key: K): N | undefined {
    let near = this.#last
    // Keys are often handed out in ascending order, and then a new one is the largest.
    if (near === undefined || this.compare(key, near.key) >= 0) return near
    for (let next = this.#root; next !== undefined;) {
      near = next
      const order = this.compare(key, near.key)
      if (order === 0) return near
      next = order < 0 ? near.left : near.right
    }
    return near
  }

  /** Adds a node whose key is not in the list. `near` is what `nearest` said of its key, with no change since. */
  insert(node: N, near: N | undefined): void {
    if (near === undefined) {
      this.#root = this.#first = this.#last = node
    } else if (this.compare(node.key, near.key) < 0) {
      near.left = node
      this.#thread(near.before, node, near)
    } else {
      near.right = node
      this.#thread(near, node, near.after)
    }
    this.#count++
    node.parent = near
    node.weight = this.#nextWeight()
    for (let up = near; up !== undefined && up.weight < node.weight; up = node.parent) this.#rotateUp(node, up)
  }

  /** Takes out a node of this list, whose own links are cleared. */
  remove(node: N): void {
    this.#count--
    const { before, after } = node
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before

    // It moves down, the heavier child up, until at most one child is left to take its place.
    while (node.left !== undefined && node.right !== undefined) {
      this.#rotateUp(node.left.weight > node.right.weight ? node.left : node.right, node)
    }
    const child = node.left ?? node.right
    if (child !== undefined) child.parent = node.parent
    this.#replaceChild(node.parent, node, child)
    node.before = node.after = node.parent = node.left = node.right = undefined
  }

  /** Takes out all nodes. What becomes of their links is up to the caller, who must not insert them with any left. */
  clear(): void {
    this.#root = this.#first = this.#last = undefined
    this.#count = 0
  }

  #thread(before: N | undefined, node: N, after: N | undefined): void {
    node.before = before
    node.after = after
    if (before === undefined) this.#first = node
    else before.after = node
    if (after === undefined) this.#last = node
    else after.before = node
  }

  /** Makes `parent` a child of its own child `node`; the order of the keys stays. */
  #rotateUp(node: N, parent: N): void {
    const between = parent.left === node ? node.right : node.left
    if (parent.left === node) {
      parent.left = between
      node.right = parent
    } else {
      parent.right = between
      node.left = parent
    }
    if (between !== undefined) between.parent = parent
    this.#replaceChild(parent.parent, parent, node)
    node.parent = parent.parent
    parent.parent = node
  }

  #replaceChild(parent: N | undefined, child: N, by: N | undefined): void {
    if (parent === undefined) this.#root = by
    else if (parent.left === child) parent.left = by
    else parent.right = by
  }

  /** Marsaglia's xorshift. The weights decide how fast the list is, never what it holds. */
  #nextWeight(): number {
    let random = this.#random
    random ^= random << 13
    random ^= random >>> 17
    random ^= random << 5
    this.#random = random
    return random
  }
}
