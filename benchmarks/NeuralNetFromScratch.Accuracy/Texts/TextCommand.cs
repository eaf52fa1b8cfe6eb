using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace NeuralNetFromScratch.Published.Texts;

/// <summary>Verbs that train on real texts: words as sparse rows, one hidden layer, beside scikit-learn and liblinear on the same rows.</summary>
internal static class TextCommand
{
    /// <param name="name">The verb.</param>
    /// <param name="description">What it does.</param>
    /// <param name="recipe">What is trained.</param>
    /// <param name="load">Reads the texts from a folder.</param>
    public static Command Create(string name, string description, TextRecipe recipe, Func<string, TextCollection> load)
    {
        Argument<string> folder = new("folder") { Description = "Folder of the texts." };
        Option<int> seeds = new("--seeds") { Description = "Seeds: 1 to this.", DefaultValueFactory = _ => 5 };
        Option<bool> split = new("--split") { Description = "Train on nine tenths of the training texts and measure on the others: for choices." };
        Option<bool> peers = new("--peers") { Description = "Also run scikit-learn (Debian's python3-sklearn) and liblinear (liblinear-tools)." };
        var command = new Command(name, description) { folder, seeds, split, peers };
        command.SetAction(arguments =>
        {
            TextCollection texts = load(arguments.GetRequiredValue(folder));
            if (arguments.GetValue(split))
                texts = texts.Divide();
            var features = new TfIdf(texts.Training, recipe.LeastTexts);
            Dataset training = features.Transform(texts.Training, texts.TrainingLabels, texts.ClassCount), test = features.Transform(texts.Test, texts.TestLabels, texts.ClassCount);
            Write($"{training.Count} texts to train on, {test.Count} to measure with, {features.ColumnCount} columns");
            Write($"{recipe}");
            Train(recipe, training, test, arguments.GetValue(seeds));
            return arguments.GetValue(peers) ? RunPeers(training, test) : 0;
        });
        return command;
    }

    private static void Train(TextRecipe recipe, Dataset training, Dataset test, int seeds)
    {
        List<double> figures = [], seconds = [];
        for (ulong seed = 1; seed <= (ulong)seeds; seed++)
        {
            Sequential network = recipe.Network(training.SparseColumnCount, training.ClassCount, seed);
            TrainingHistory history = new Trainer(network, new SoftmaxCrossEntropy(), recipe.Optimizer()).Fit(training, recipe.Options(seed));
            figures.Add(100 * network.Evaluate(test).Accuracy);
            seconds.AddRange(history.Epochs.Select(epoch => epoch.Duration.TotalSeconds));
            Write($"seed {seed}: {figures[^1]:F2} %");
        }

        Write($"mean of {seeds} seeds: {figures.Average():F2} %, spread {Result.SpreadOf(figures):F2}; median epoch {seconds.Order().ElementAt(seconds.Count / 2):F3} s");
    }

    /// <summary>Writes the rows as svmlight files and runs the script on them, and our network with the peer's settings, for the time of an epoch.</summary>
    private static int RunPeers(Dataset training, Dataset test)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("texts-");
        try
        {
            string train = Path.Combine(folder.FullName, "train.svm"), measure = Path.Combine(folder.FullName, "test.svm");
            SvmLightFile.Write(train, training);
            SvmLightFile.Write(measure, test);
            const int Hidden = 256, Batch = 200, Epochs = 10;
            var network = new Sequential([training.SparseColumnCount], 1, new Dense(Hidden, Activation.Relu), new Dense(training.ClassCount));
            TrainingHistory history = new Trainer(network, new SoftmaxCrossEntropy(), new Adam()).Fit(training, new FitOptions { Epochs = Epochs, BatchSize = Batch, Seed = 1 });
            double epoch = history.Epochs.Select(record => record.Duration.TotalSeconds).Order().ElementAt(Epochs / 2);
            Write($"ours with the settings of scikit-learn's MLPClassifier ({Hidden} hidden, batch {Batch}, Adam, {Epochs} epochs): {100 * network.Evaluate(test).Accuracy:F2} %, median epoch {epoch:F3} s");
            string script = Path.Combine(AppContext.BaseDirectory, "Texts", "text_peers.py");
            using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [script, train, measure, training.SparseColumnCount.ToString(CultureInfo.InvariantCulture)]))!;
            process.WaitForExit();
            return process.ExitCode;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

/// <summary>A network on words, and how it is trained.</summary>
/// <param name="Hidden">Units of the hidden layer.</param>
/// <param name="Dropout">Share of them that is left out in training.</param>
/// <param name="Rate">The learning rate of plain gradient descent at the beginning; it falls to 0 along a cosine.</param>
/// <param name="Epochs">Number of epochs.</param>
/// <param name="Batch">Samples of a batch.</param>
/// <param name="LeastTexts">In how many training texts a word must be.</param>
internal sealed record TextRecipe(int Hidden, float Dropout, float Rate, int Epochs, int Batch, int LeastTexts)
{
    public Sequential Network(int columns, int classes, ulong seed) =>
        new([columns], seed, new Dense(Hidden, Activation.Relu), new Dropout(Dropout), new Dense(classes));

    public Optimizer Optimizer() => new Sgd(Rate);

    public FitOptions Options(ulong seed) => new() { Epochs = Epochs, BatchSize = Batch, Seed = seed, Schedule = LearningRateSchedule.Cosine() };
}
