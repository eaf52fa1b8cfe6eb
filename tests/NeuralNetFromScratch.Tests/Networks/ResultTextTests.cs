namespace NeuralNetFromScratch.Tests.Networks;

/// <summary>What <c>Console.WriteLine</c> shows of results.</summary>
public class ResultTextTests
{
    private static readonly Metric[] Figures = [new Accuracy(), new Precision(), new Recall(), new TopKAccuracy(2), new ConfusionMatrixMetric()];

    /// <summary>Three classes; of 0 one sample is taken for 1, of 2 one has no prediction.</summary>
    private static readonly ReadOnlyMemory<float> Outputs = new float[]
    {
        2, 1, 0,
        0, 1, 0.5f,
        0, 1, 0,
        0, 3, 1,
        1, 0, 2,
        float.NaN, float.NaN, float.NaN,
    };

    private static readonly int[] Labels = [0, 0, 1, 1, 2, 2];

    [Test]
    public void An_evaluation_shows_figures_and_figures_of_classes_and_the_matrix()
    {
        EvaluationResult result = Result(["cat", "dog", "axolotl"]);
        Assert.That(result.ToString(), Is.EqualTo("""
            6 samples
            1 with an output that is NaN or infinite
            loss               NaN
            accuracy        0.6667
            precision       0.8889
            recall          0.6667
            top-2-accuracy  0.6667

            class    precision  recall
            cat         1.0000  0.5000
            dog         0.6667  1.0000
            axolotl     1.0000  0.5000

            rows: actual class, columns: predicted class
                          0     1     2  none
            0 cat         1     1     ·     ·
            1 dog         ·     2     ·     ·
            2 axolotl     ·     ·     1     1

            """));
    }

    [Test]
    public void Class_names_are_escaped_and_cut()
    {
        string text = Result(["cat\u001b[31m", new string('d', 30), "axolotl"]).ToString();
        Assert.That(text, Does.Contain("cat\\u001b[31m").And.Contains("1 ddddddddddddddddddddddd… ").And.Not.Contains("\u001b").And.Not.Contains("dddddddddddddddddddddddd"));
    }

    [Test]
    public void An_evaluation_of_numbers_shows_the_loss()
    {
        var network = new Sequential([1], 1, new Dense(1, null, Initializer.Zeros)) { OutputActivation = OutputActivation.None };
        Dataset data = Dataset.FromTargets(new float[2000], [1], [.. Enumerable.Range(0, 2000).Select(i => i % 2 == 0 ? 100f : 300f)], 1);
        Assert.That(network.Evaluate(data, metrics: [new Mae(), new R2()]).ToString(), Is.EqualTo("""
            2,000 samples
            loss  50000.0000
            mae     200.0000
            r2       -4.0000

            """));
    }

    [Test]
    public void A_matrix_of_twenty_classes_fits_80_columns()
    {
        int[] labels = [.. Enumerable.Range(0, 1000).Select(i => i % 20)], predicted = [.. labels.Select((label, i) => i % 7 == 0 ? (label + i) % 20 : label)];
        string[] lines = ConfusionMatrix.FromPredictions(labels, predicted, 20).ToString().Split('\n');
        Assert.That(lines, Has.Length.EqualTo(23));
        Assert.That(lines.Max(line => line.Length), Is.InRange(60, 80));
        Assert.That(lines[0], Is.EqualTo("rows: actual class, columns: predicted class"));
        Assert.That(lines[1], Is.EqualTo("    0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19"));
        Assert.That(lines[21], Does.StartWith("19  · ").And.EndsWith(" ·  7 43"));
    }

    [Test]
    public void Of_many_classes_the_most_frequent_confusions_are_shown()
    {
        int[] labels = [.. Enumerable.Repeat(71, 30), .. Enumerable.Repeat(5, 20), .. Enumerable.Range(0, 100)];
        int[] predicted = [.. Enumerable.Repeat(17, 30), .. Enumerable.Repeat(6, 12), .. Enumerable.Repeat(5, 8), .. Enumerable.Range(0, 99), -1];
        Assert.That(ConfusionMatrix.FromPredictions(labels, predicted, 100).ToString(), Is.EqualTo("""
            150 samples of 100 classes, 42 confused, 1 without a prediction
            count  actual  predicted
               30  71      17
               12  5       6

            """));
        int[] all = [.. Enumerable.Range(0, 200)];
        Assert.That(ConfusionMatrix.FromPredictions(all, all, 200).ToString(), Is.EqualTo("200 samples of 200 classes, 0 confused\n"));
    }

    [Test]
    public void A_data_set_shows_its_samples_and_classes()
    {
        Assert.That(
            Dataset.FromArrays(new float[6 * 784], [28, 28], Labels, 4).ToString(), Is.EqualTo("6 samples [28, 28], 4 classes\nsamples of each class: 2, 2, 2, 0"));
        Assert.That(
            Dataset.FromArrays(new float[1500], [1], [.. Enumerable.Range(0, 1500).Select(i => i % 101)], 101).ToString(),
            Is.EqualTo("1,500 samples [1], 101 classes\nsamples of each class: 14 to 15"));
        Assert.That(Dataset.FromTargets(new float[6], [3], new float[4], 2).ToString(), Is.EqualTo("2 samples [3], targets of 2"));
    }

    private static EvaluationResult Result(string[] names)
    {
        // An identity: the outputs are the features.
        var network = new Sequential([3], 1, new ActivationLayer(Activation.Identity)) { OutputActivation = OutputActivation.Softmax, ClassNames = names };
        return network.Evaluate(Dataset.FromArrays(Outputs.ToArray(), [3], Labels, 3), metrics: Figures);
    }
}
