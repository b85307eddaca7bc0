import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const backend = process.env.BACKEND ?? 'http://127.0.0.1:8080';
const proxy = { '/api': { target: backend, xfwd: true } };

export default defineConfig({
  plugins: [react()],
  define: {
    __COMMIT__: JSON.stringify(process.env.GIT_COMMIT ?? 'unknown'),
  },
  server: { proxy },
  preview: { proxy, port: 4173, strictPort: true },
  build: { target: 'es2023', reportCompressedSize: false },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test/setup.ts'],
    reporters: ['default', ['junit', { outputFile: 'reports/junit.xml' }]],
  },
});
