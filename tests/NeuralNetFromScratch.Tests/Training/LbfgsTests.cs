using System.Text.Json;
using NeuralNetFromScratch.Tests.Golden;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Training;

/// <summary>L-BFGS side by side with scikit-learn's on Fisher's irises; make_lbfgs.py made the file.</summary>
public class LbfgsTests
{
    private static readonly JsonElement Golden = GoldenFile.Read("lbfgs.json");

    [Test]
    public void Logistic_regression_has_scikit_learns_coefficients()
    {
        foreach (JsonElement golden in Golden.GetProperty("logistic").EnumerateArray())
        {
            var network = new Sequential([4], 1, new Dense(3));
            double penalty = golden.GetProperty("alpha").GetDouble() / 150;
            LbfgsResult result = new LbfgsTrainer(network, new SoftmaxCrossEntropy(), new() { L2Penalty = penalty, GradientTolerance = 1e-6, LossTolerance = 0, MaxIterations = 500 }).Fit(Irises());
            Assert.That(result.Loss, Is.EqualTo(golden.GetProperty("loss").GetDouble()).Within(1e-6));
            // The loss is strongly convex in the weights with the penalty as its constant, so that the gradient that is left bounds the distance.
            Assert.That(result.LargestGradient, Is.LessThan(1e-5));
            double distance = Math.Sqrt(15) * result.LargestGradient / penalty + 1e-4;
            Assert.That(network.Parameters["dense1.weight"].Values.ToArray(), Is.EqualTo(golden.Floats("weights")).Within(distance));
            float[] biases = network.Parameters["dense1.bias"].Values.ToArray();
            Assert.That(biases.Select(bias => bias - biases.Average()), Is.EqualTo(golden.Floats("biases")).Within(distance), "up to a constant, which changes nothing");
            Assert.That(result.Losses, Is.Ordered.Descending);
            Assert.That(result.Losses[^1], Is.EqualTo(result.Loss));
        }
    }

    [Test]
    public void Networks_reach_the_least_loss_that_scikit_learns_reach()
    {
        foreach (JsonElement golden in Golden.GetProperty("networks").EnumerateArray())
        {
            Activation activation = golden.GetProperty("activation").GetString() switch
            {
                "tanh" => Activation.Tanh,
                "relu" => Activation.Relu,
                _ => Activation.Sigmoid,
            };
            double least = golden.GetProperty("losses")[0].GetDouble(), best = double.PositiveInfinity;
            for (ulong seed = 0; seed < 5; seed++)
            {
                var network = new Sequential([4], seed, new Dense(golden.GetProperty("units").GetInt32(), activation), new Dense(3));
                var options = new LbfgsOptions { L2Penalty = golden.GetProperty("alpha").GetDouble() / 150, MaxIterations = 2000, GradientTolerance = 1e-6 };
                best = Math.Min(best, new LbfgsTrainer(network, new SoftmaxCrossEntropy(), options).Fit(Irises()).Loss);
            }

            Assert.That(best, Is.EqualTo(least).Within(1e-4), activation.ToString());
        }
    }

    [Test]
    public void A_quadratic_is_solved_in_a_few_iterations()
    {
        // Least squares: the solution of the normal equations, by hand a line through four points.
        var network = new Sequential([1], 1, new Dense(1));
        Dataset line = Dataset.FromTargets([0, 1, 2, 3], [1], [1, 3, 5, 7.4f], 1);
        LbfgsResult result = new LbfgsTrainer(network, new MeanSquaredError(), new() { GradientTolerance = 1e-6 }).Fit(line);
        Assert.That(network.Parameters["dense1.weight"].Values[0], Is.EqualTo(2.12).Within(1e-4));
        Assert.That(network.Parameters["dense1.bias"].Values[0], Is.EqualTo(0.92).Within(1e-4));
        Assert.That(result.Losses, Has.Count.LessThan(10));
        Assert.That(result.EndReason, Is.Not.EqualTo(LbfgsEndReason.MaxIterations));
        Assert.That(result.PassCount, Is.GreaterThanOrEqualTo(result.Losses.Count));
    }

    [Test]
    public void A_cancelled_training_goes_on_to_the_same_bits()
    {
        var options = new LbfgsOptions { MaxIterations = 25 };
        (int[] bits, LbfgsResult whole) = Train(cancelAt: 0);
        for (int pass = 1; pass < whole.PassCount; pass += 5)
        {
            (int[] resumed, LbfgsResult result) = Train(pass);
            Assert.That(resumed, Is.EqualTo(bits), $"cancelled in pass {pass}");
            Assert.That(result.Losses, Is.EqualTo(whole.Losses));
            Assert.That(result.EndReason, Is.EqualTo(whole.EndReason));
            Assert.That(result.PassCount, Is.EqualTo(whole.PassCount));
        }

        (int[] Bits, LbfgsResult Result) Train(int cancelAt)
        {
            var network = new Sequential([4], 1, new Dense(12, Activation.Tanh), new Dense(3));
            var trainer = new LbfgsTrainer(network, new SoftmaxCrossEntropy(), options);
            using var cancellation = new CancellationTokenSource();
            var data = new CountedReads(Irises(), cancelAt, cancellation.Cancel);
            if (cancelAt > 0)
                Assert.That(() => trainer.Fit(data, cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
            LbfgsResult result = trainer.Fit(data);
            return (TestValues.Bits(network.Parameters.Values), result);
        }
    }

    [Test]
    public void Other_parameters_or_data_begin_anew_after_a_cancellation()
    {
        Dataset irises = Irises();
        var options = new LbfgsOptions { MaxIterations = 25 };
        foreach (bool changesData in (bool[])[false, true])
        {
            Sequential network = new([4], 1, new Dense(3)), fresh = network.Copy();
            var trainer = new LbfgsTrainer(network, new SoftmaxCrossEntropy(), options);
            using var cancellation = new CancellationTokenSource();
            Assert.That(() => trainer.Fit(new CountedReads(irises, 12, cancellation.Cancel), cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
            if (!changesData)
                network.Parameters.Values[0] += 0.125f;
            network.Parameters.Values.CopyTo(fresh.Parameters.Values);
            trainer.Fit(irises);
            new LbfgsTrainer(fresh, new SoftmaxCrossEntropy(), options).Fit(irises);
            Assert.That(TestValues.Bits(network.Parameters.Values), Is.EqualTo(TestValues.Bits(fresh.Parameters.Values)));
        }
    }

    [Test]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        Assert.That(Bits(3), Is.EqualTo(Bits(1)));

        static int[] Bits(int threads)
        {
            var network = new Sequential([4], 1, new Dense(20, Activation.Tanh), new Dense(3));
            new LbfgsTrainer(network, new SoftmaxCrossEntropy(), new() { MaxIterations = 15, ThreadCount = threads }).Fit(Irises());
            return TestValues.Bits(network.Parameters.Values);
        }
    }

    [Test]
    public void It_stops_for_the_reason_it_names()
    {
        Assert.That(Stop(new() { MaxIterations = 3 }), Is.EqualTo(LbfgsEndReason.MaxIterations));
        Assert.That(Stop(new() { GradientTolerance = 1e9 }), Is.EqualTo(LbfgsEndReason.SmallGradient));
        Assert.That(Stop(new() { LossTolerance = 10 }), Is.EqualTo(LbfgsEndReason.SmallImprovement));

        static LbfgsEndReason Stop(LbfgsOptions options) => new LbfgsTrainer(new Sequential([4], 1, new Dense(3)), new SoftmaxCrossEntropy(), options).Fit(Irises()).EndReason;
    }

    [Test]
    public void Mismatched_arguments_are_refused()
    {
        var loss = new SoftmaxCrossEntropy();
        Assert.That(() => new LbfgsTrainer(new Sequential([4], 1, new BatchNormalization(), new Dense(3)), loss), Throws.ArgumentException.With.Message.Contains("running statistic"));
        LbfgsOptions[] outside =
        [
            new() { MaxIterations = -1 }, new() { HistorySize = 0 }, new() { GradientTolerance = double.NaN }, new() { LossTolerance = -1 }, new() { L2Penalty = -1 }, new() { ThreadCount = 0 },
        ];
        foreach (LbfgsOptions options in outside)
            Assert.That(() => new LbfgsTrainer(new Sequential([4], 1, new Dense(3)), loss, options), Throws.InstanceOf<ArgumentOutOfRangeException>());
        var trainer = new LbfgsTrainer(new Sequential([4], 1, new Dense(3)), loss);
        Assert.That(() => trainer.Fit(Dataset.FromArrays([], [4], [], 3)), Throws.ArgumentException.With.Message.Contains("empty"));
        Assert.That(() => trainer.Fit(Dataset.FromArrays(new float[4], [4], [5], 6)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => trainer.Fit(Dataset.FromArrays([float.NaN, 0, 0, 0], [4], [1], 3)), Throws.InstanceOf<NotFiniteNumberException>());
        Assert.That(() => trainer.Fit(Irises(), new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
    }

    private static Dataset Irises() => Dataset.FromArrays(Golden.Floats("features"), [4], Golden.GetProperty("labels").Integers(), 3);

    /// <summary>Calls back when its first sample is read for the n-th time, for a pass through all.</summary>
    private sealed class CountedReads(Dataset source, int pass, Action callback) : Dataset
    {
        private int _passes;

        public override int Count => source.Count;

        public override Shape SampleShape => source.SampleShape;

        public override int ClassCount => source.ClassCount;

        public override int GetLabel(int index) => source.GetLabel(index);

        public override void CopyFeatures(int index, Span<float> features)
        {
            if (index == 0 && Interlocked.Increment(ref _passes) == pass)
                callback();
            source.CopyFeatures(index, features);
        }
    }
}
