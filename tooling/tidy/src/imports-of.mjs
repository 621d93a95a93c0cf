import ts from 'typescript'

/** @typedef {{ specifier: string, line: number }} Import */

/**
 * Every module that a source names: in imports, re-exports, import types, `import()` and `require()`.
 *
 * @param {string} path decides whether it is read as TypeScript or JavaScript
 * @param {string} text
 * @returns {Import[]}
 */
export function importsOf(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest)
  /** @type {Import[]} */
  const imports = []
  const visit = (/** @type {ts.Node} */ node) => {
    const specifier = specifierOf(node)
    if (specifier !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(specifier.getStart(source))
      imports.push({ specifier: specifier.text, line: line + 1 })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return imports
}

/**
 * @param {ts.Node} node
 * @returns {ts.StringLiteralLike | undefined}
 */
function specifierOf(node) {
  /** @type {ts.Node | undefined} */
  let named
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) named = node.moduleSpecifier
  else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) named = node.argument.literal
  else if (ts.isCallExpression(node) && isModuleCall(node.expression)) named = node.arguments[0]
  return named !== undefined && ts.isStringLiteralLike(named) ? named : undefined
}

/** @param {ts.Expression} callee */
function isModuleCall(callee) {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
}
