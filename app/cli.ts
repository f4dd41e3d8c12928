#!/usr/bin/env node
import { keepCompiled } from './config/compileCache.ts';

keepCompiled(); // before anything else is loaded
const { main } = await import('./cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
