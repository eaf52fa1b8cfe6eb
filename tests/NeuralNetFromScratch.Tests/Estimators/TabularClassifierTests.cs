using System.Numerics.Tensors;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Estimators;

public class TabularClassifierTests
{
    [Test]
    public void Three_lines_learn_a_table_with_features_of_all_sizes()
    {
        (float[][] features, string[] labels) = Flowers(150, seed: 1);
        (float[][] others, string[] truth) = Flowers(60, seed: 2);
        var classifier = new TabularClassifier<string>();
        classifier.Fit(features, labels);
        string[] predicted = classifier.Predict(others);

        Assert.That(classifier.Classes, Is.EqualTo((string[])["iris", "lily", "rose"]));
        Assert.That(predicted.Zip(truth).Count(pair => pair.First == pair.Second), Is.GreaterThan(55));
        Assert.That(classifier.Score(others, truth), Is.EqualTo(predicted.Zip(truth).Count(pair => pair.First == pair.Second) / 60.0));
    }

    [Test]
    public void Probabilities_are_those_of_the_network_on_raw_features()
    {
        (float[][] features, string[] labels) = Flowers(90, seed: 1);
        var classifier = new TabularClassifier<string>(new() { MaxEpochs = 5, HiddenUnits = [8, 6] });
        classifier.Fit(features, labels);
        float[] table = [.. features.SelectMany(row => row)];
        Tensor<float> probabilities = classifier.PredictProbabilities(new ReadOnlyMatrixView(table, 90, 3));
        Assert.That(probabilities.Lengths.ToArray(), Is.EqualTo((nint[])[90, 3]));
        Assert.That(classifier.Network.Predict(Tensor.Create<float>(table, [90, 3])).AsMatrix().Span.ToArray(), Is.EqualTo(probabilities.AsMatrix().Span.ToArray()));
        Assert.That(classifier.Network.Layers[0], Is.InstanceOf<Standardization>());
    }

    [Test]
    public void The_network_takes_the_names_of_the_classes_along()
    {
        var words = new TabularClassifier<string>(new() { MaxEpochs = 1 });
        words.Fit([[0], [1], [2]], ["pear", "apple", "pear"]);
        Assert.That(words.Network.ClassNames, Is.EqualTo((string[])["apple", "pear"]));
        var numbers = new TabularClassifier<double>(new() { MaxEpochs = 1 });
        numbers.Fit([[0], [1], [2]], [2.5, -1, 2.5]);
        Assert.That(numbers.Network.ClassNames, Is.EqualTo((string[])["-1", "2.5"]), "in every culture");
    }

    [Test]
    public void Integers_are_labels_too_and_a_constant_feature_does_no_harm()
    {
        float[] table = TestValues.Uniform(200, 1);
        int[] labels = new int[100];
        for (int i = 0; i < 100; i++)
        {
            labels[i] = table[2 * i] > 0 ? 7 : -3;
            table[2 * i + 1] = 5;
        }

        var classifier = new TabularClassifier<int>();
        classifier.Fit(new ReadOnlyMatrixView(table, 100, 2), labels);
        Assert.That(classifier.Classes, Is.EqualTo((int[])[-3, 7]));
        Assert.That(classifier.Score(new ReadOnlyMatrixView(table, 100, 2), labels), Is.GreaterThan(0.97));
    }

    [Test]
    public void It_stops_when_scikit_learns_rule_does()
    {
        (float[] features, int[] labels) = Irises();
        for (ulong seed = 0; seed < 3; seed++)
        {
            var classifier = new TabularClassifier<int>(new() { MaxEpochs = 2000, BatchSize = 200, Seed = seed });
            double[] losses = [.. classifier.Fit(new ReadOnlyMatrixView(features, 150, 4), labels).Epochs.Select(epoch => epoch.Training.Loss)];
            double best = double.PositiveInfinity;
            int poor = 0, stop = 0;
            for (int epoch = 1; epoch <= losses.Length && stop == 0; epoch++)
            {
                poor = losses[epoch - 1] > best - 1e-4 ? poor + 1 : 0;
                best = Math.Min(best, losses[epoch - 1]);
                stop = poor > 10 ? epoch : 0;
            }

            Assert.That(losses, Has.Length.EqualTo(stop).And.Length.LessThan(1000));
        }
    }

    [Test]
    public void L_BFGS_learns_a_small_table()
    {
        (float[] features, int[] labels) = Irises();
        var table = new ReadOnlyMatrixView(features, 150, 4);
        var classifier = new TabularClassifier<int>(new() { Solver = TabularSolver.Lbfgs, HiddenUnits = [5], Activation = Activation.Tanh, L2Penalty = 3, MaxEpochs = 2000, MinImprovement = 1e-6 });
        TrainingHistory history = classifier.Fit(table, labels);
        Assert.That(history.Epochs, Has.Count.InRange(5, 1000));
        Assert.That(history.Epochs[^1].Training.Loss, Is.EqualTo(0.2676).Within(0.01), "scikit-learn's");
        Assert.That(classifier.Score(table, labels), Is.GreaterThan(0.95));
    }

    [Test]
    public void A_warm_start_goes_on_where_the_last_fit_ended()
    {
        (float[][] features, string[] labels) = Flowers(90, seed: 1);
        var classifier = new TabularClassifier<string>(new() { MaxEpochs = 3, WarmStart = true });
        double first = classifier.Fit(features, labels).Epochs[0].Training.Loss, second = classifier.Fit(features, labels).Epochs[0].Training.Loss;
        Assert.That(second, Is.LessThan(first));
        Assert.That(
            () => classifier.Fit((float[][])[[1, 2, 3], [2, 3, 4]], ["lily", "tulip"]),
            Throws.ArgumentException.With.Message.Contains("new: \"tulip\"; missing: \"iris\", \"rose\""));
        Assert.That(() => classifier.Fit((float[][])[[1], [2], [3]], ["iris", "lily", "rose"]), Throws.ArgumentException.With.Message.Contains("expected 3 features, got 1"));
    }

    [Test]
    public void An_option_out_of_range_is_named()
    {
        (TabularClassifierOptions Options, string Name)[] outside =
        [
            (new() { BatchSize = 0 }, "BatchSize"), (new() { MaxEpochs = 0 }, "MaxEpochs"), (new() { HiddenUnits = [3, 0] }, "HiddenUnits"), (new() { LearningRate = -1 }, "LearningRate"),
            (new() { L2Penalty = float.NaN }, "L2Penalty"), (new() { MinImprovement = -1 }, "MinImprovement"), (new() { Patience = -1 }, "Patience"), (new() { ThreadCount = 0 }, "ThreadCount"),
            (new() { Solver = (TabularSolver)5 }, "Solver"), (new() { Activation = null! }, "Activation"),
            (new() { ValidationFraction = 1 }, "ValidationFraction"), (new() { ClassWeights = null! }, "ClassWeights"), (new() { ClassWeights = new Dictionary<string, float> { ["1"] = -1 } }, "ClassWeights"),
            (new() { PlanOptions = new() { MaxCategories = 0 } }, "MaxCategories"),
        ];
        foreach ((TabularClassifierOptions options, string name) in outside)
            Assert.That(() => new TabularClassifier<int>(options), Throws.InstanceOf<ArgumentException>().With.Property("ParamName").EqualTo(name));
    }

    private static (float[] Features, int[] Labels) Irises()
    {
        System.Text.Json.JsonElement golden = Golden.GoldenFile.Read("lbfgs.json");
        return ([.. golden.GetProperty("features").EnumerateArray().Select(value => value.GetSingle())], [.. golden.GetProperty("labels").EnumerateArray().Select(value => value.GetInt32())]);
    }

    [Test]
    public void Rare_classes_are_found_where_classes_are_balanced()
    {
        float[] features = TestValues.Uniform(1000, 5);
        int[] labels = [.. features.Select((value, i) => value + 0.3 * new RandomSource(1).Normal((ulong)i) > 1.25 ? 1 : 0)];
        Assert.That(labels.Average(), Is.LessThan(0.05));
        Assert.That(Recall(new() { MaxEpochs = 60 }), Is.LessThan(0.5));
        Assert.That(Recall(new() { MaxEpochs = 60, BalanceClasses = true }), Is.GreaterThan(0.8));
        Assert.That(Recall(new() { MaxEpochs = 60, ClassWeights = new Dictionary<string, float> { ["1"] = 30 } }), Is.GreaterThan(0.8));
        Assert.That(Recall(new() { MaxEpochs = 60 }, [.. labels.Select(label => label == 1 ? 30f : 1)]), Is.GreaterThan(0.8));
        var balanced = new TabularClassifier<int>(new() { BalanceClasses = true });
        Assert.That(() => balanced.PartialFit(new ReadOnlyMatrixView(features, 1000, 1), labels), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("ClassWeights"));
        Assert.That(() => new TabularClassifier<int>().Fit(new ReadOnlyMatrixView(features, 1000, 1), labels, [1, 2]), Throws.ArgumentException.With.Message.Contains("expected 1000 weights"));

        double Recall(TabularClassifierOptions options, float[]? weights = null)
        {
            var view = new ReadOnlyMatrixView(features, 1000, 1);
            var classifier = new TabularClassifier<int>(options);
            classifier.Fit(view, labels, weights);
            return classifier.Predict(view).Zip(labels).Where(pair => pair.Second == 1).Average(pair => pair.First);
        }
    }

    [Test]
    public void Features_that_matter_are_found_by_permutation()
    {
        float[] features = TestValues.Uniform(900, 5);
        string[] labels = [.. Enumerable.Range(0, 300).Select(row => features[3 * row + 1] > 0 ? "high" : "low")];
        var table = new ReadOnlyMatrixView(features, 300, 3);
        var classifier = new TabularClassifier<string>(new() { MaxEpochs = 50 });
        classifier.Fit(table, labels);
        IReadOnlyList<FeatureImportance> importance = classifier.PermutationImportance(table, labels, repeats: 3, seed: 1);
        Assert.That(importance[0].Name, Is.EqualTo("1"));
        Assert.That(importance[0].Mean, Is.EqualTo(0.5).Within(0.1));
        Assert.That(importance.Skip(1).Select(one => Math.Abs(one.Mean)), Is.All.LessThan(0.1));
    }

    [Test]
    public void It_learns_bit_by_bit()
    {
        (float[][] features, string[] labels) = Flowers(300, seed: 1);
        float[] table = [.. features.SelectMany(row => row)];
        var classifier = new TabularClassifier<string>(new() { LearningRate = 0.02f });
        for (int round = 0; round < 10; round++)
        {
            for (int start = 0; start < 300; start += 50)
                classifier.PartialFit(new ReadOnlyMatrixView(table.AsSpan(start * 3, 150), 50, 3), labels.AsSpan(start, 50), ["rose", "lily", "iris"]);
        }

        Assert.That(classifier.Score(features, labels), Is.GreaterThan(0.9));
        Assert.That(
            () => classifier.PartialFit(new ReadOnlyMatrixView(table, 1, 3), ["tulip"]), Throws.ArgumentException.With.Message.Contains("\"tulip\" is not one of the classes of the first call"));
        Assert.That(
            () => classifier.PartialFit(new ReadOnlyMatrixView(table, 1, 3), ["rose"], ["rose", "lily", "tulip"]),
            Throws.ArgumentException.With.Message.Contains("the classes differ from those of the first call; new: \"tulip\"; missing: \"iris\""));
        Assert.That(() => classifier.PartialFit(new ReadOnlyMatrixView(table, 1, 3), ["rose"], ["iris", "rose", "lily"]), Throws.Nothing);
    }

    [Test]
    public void One_seed_gives_one_classifier_at_any_number_of_threads()
    {
        Assert.That(Bits(2), Is.EqualTo(Bits(1)));

        static int[] Bits(int threads)
        {
            (float[][] features, string[] labels) = Flowers(150, seed: 1);
            var classifier = new TabularClassifier<string>(new() { ThreadCount = threads, MaxEpochs = 3, HiddenUnits = [300] });
            classifier.Fit(features, labels);
            return TestValues.Bits(classifier.Network.Parameters.Values);
        }
    }

    [Test]
    public void A_second_fit_forgets_the_first()
    {
        (float[][] features, string[] labels) = Flowers(90, seed: 1);
        var twice = new TabularClassifier<string>(new() { MaxEpochs = 3 });
        twice.Fit((float[][])[[1], [2]], ["a", "b"]);
        twice.Fit(features, labels);
        var once = new TabularClassifier<string>(new() { MaxEpochs = 3 });
        once.Fit(features, labels);
        Assert.That(TestValues.Bits(twice.Network.Parameters.Values), Is.EqualTo(TestValues.Bits(once.Network.Parameters.Values)));
    }

    [Test]
    public void Mismatched_arguments_are_refused()
    {
        var classifier = new TabularClassifier<string>();
        Assert.That(() => classifier.Predict((float[][])[[1, 2]]), Throws.InvalidOperationException.With.Message.Contains("call Fit first"));
        Assert.That(() => classifier.Fit((float[][])[[1, 2], [3]], ["a", "b"]), Throws.ArgumentException.With.Message.Contains("sample 1 has 1 features"));
        Assert.That(() => classifier.Fit((float[][])[[1, 2], [3, float.NaN]], ["a", "b"]), Throws.ArgumentException.With.Message.Contains("feature 1 of sample 1 is NaN"));
        Assert.That(() => classifier.Fit((float[][])[[1, 2], [3, 4]], ["a", "a"]), Throws.ArgumentException.With.Message.Contains("at least two classes"));
        Assert.That(() => classifier.Fit((float[][])[[1, 2], [3, 4]], ["a"]), Throws.ArgumentException.With.Message.Contains("expected 2 labels"));
        Assert.That(() => classifier.Fit((float[][])[], []), Throws.ArgumentException);
        Assert.That(() => classifier.Fit((float[][])[[1, 2], null!], ["a", "b"]), Throws.InstanceOf<ArgumentException>().With.Message.Contains("sample 1 is null"));
        Assert.That(() => classifier.Fit((float[][])[[1, 2], [3, 4]], ["a", null!]), Throws.ArgumentException.With.Message.Contains("a label is null"));
        classifier.Fit((float[][])[[1, 2], [3, 4]], ["a", "b"]);
        Assert.That(() => classifier.Predict((float[][])[[1]]), Throws.ArgumentException.With.Message.Contains("expected 2 features, got 1"));
    }

    [Test]
    public void A_training_that_diverged_predicts_nothing()
    {
        (float[][] features, string[] labels) = Flowers(30, seed: 1);
        var classifier = new TabularClassifier<string>(new() { MaxEpochs = 1 });
        classifier.Fit(features, labels);
        classifier.Network.Parameters.Values.Fill(float.NaN);
        Assert.That(() => classifier.Predict(features), Throws.InvalidOperationException.With.Message.Contains("diverged"));
    }

    /// <summary>Three kinds, told apart by two features of very different size; the third is noise.</summary>
    internal static (float[][] Features, string[] Labels) Flowers(int count, ulong seed)
    {
        string[] names = ["rose", "iris", "lily"];
        var random = new RandomSource(seed);
        var features = new float[count][];
        for (int i = 0; i < count; i++)
        {
            double a = random.Normal(3 * (ulong)i), b = random.Normal(3 * (ulong)i + 1), c = random.Normal(3 * (ulong)i + 2);
            features[i] = [(float)(1e-3 * (a + (i % 3 == 1 ? 5 : 0))), (float)(1e4 * (b + (i % 3 == 2 ? 5 : 0)) + 1e5), (float)c];
        }

        return (features, [.. Enumerable.Range(0, count).Select(i => names[i % 3])]);
    }
}
