import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const backend = process.env.BACKEND ?? "http://127.0.0.1:8080";
const proxy = { "/api": { target: backend, xfwd: true } };

/**
 * Puts script and style into index.html. While a release rolls out, replicas of two releases answer: a page in
 * one request can never be of both, nor ask one release for the other's files. It is also written compressed.
 */
function onePage(): Plugin {
  return {
    name: "one-page",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const page = bundle["index.html"];
      if (page?.type !== "asset") {
        throw new Error("the build made no index.html");
      }
      let html = String(page.source);
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type === "chunk") {
          const script = file.code.replaceAll("</script", "<\\/script").replaceAll("<!--", "\\x3C!--");
          html = html.replace(tag("script", name), () => `<script type="module">${script}</script>`);
          delete bundle[name];
        } else if (name.endsWith(".css")) {
          html = html.replace(tag("link", name), () => `<style>${String(file.source)}</style>`);
          delete bundle[name];
        }
      }
      if (html.includes("/assets/")) {
        throw new Error("index.html still refers to a file of this release");
      }
      page.source = html;
      this.emitFile({ type: "asset", fileName: "index.html.gz", source: gzipSync(html, { level: 9 }) });
    },
  };
}

function tag(element: string, file: string): RegExp {
  return new RegExp(`<${element}[^>]*"/${file.replaceAll(".", "\\.")}"[^>]*>(</${element}>)?`);
}

export default defineConfig({
  plugins: [react(), onePage()],
  define: {
    __COMMIT__: JSON.stringify(process.env.GIT_COMMIT ?? "unknown"),
  },
  server: { proxy },
  preview: { proxy, port: 4173, strictPort: true },
  build: { target: "es2023", reportCompressedSize: false, modulePreload: false },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    testTimeout: 60_000,
    reporters: ["default", ["junit", { outputFile: "reports/junit.xml" }]],
  },
});
