import { bundleInto, imageBundles } from './workflow-bundle.ts';

/** Bundles the workflows into the folder of an image, where workers look before they bundle: the bundler is in none. */
process.stdout.write(`${await bundleInto(imageBundles)}\n`);
