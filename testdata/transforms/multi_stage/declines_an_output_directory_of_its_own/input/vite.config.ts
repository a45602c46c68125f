export default { build: { outDir: "out" } };
