return NeuralNetFromScratch.Samples.Tabular.TabularCommand.Run(args, Console.Out, Console.Error);
