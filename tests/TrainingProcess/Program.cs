using System.Runtime.InteropServices;
using NeuralNetFromScratch;
using NeuralNetFromScratch.TrainingProcess;

// usage: TrainingProcess CHECKPOINT RESULT THREADS
// Trains with everything that uses chance or remembers something, from the checkpoint if there is one, and writes the final bits. Tests
// kill it on the way.
(string checkpoint, string result, int threads) = (args[0], args[1], int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture));
Trainer trainer = Recipe.CreateTrainer(threads, out Sequential network);
FitOptions options = Recipe.Options(checkpoint);
Dataset samples = Recipe.Samples();
trainer.ResumeOrFit(samples, options);
byte[] bits = [.. MemoryMarshal.AsBytes(network.Parameters.Values), .. MemoryMarshal.AsBytes(trainer.AveragedNetwork!.Parameters.Values)];
File.WriteAllBytes(result, bits);
