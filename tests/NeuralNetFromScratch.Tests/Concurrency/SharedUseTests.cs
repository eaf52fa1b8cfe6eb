using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using NeuralNetFromScratch.Compute;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Concurrency;

/// <summary>What several threads may share gives each its own answer; what they may not share throws.</summary>
public class SharedUseTests
{
    private const int Threads = 4, Calls = 300_000, Inputs = 12;

    [Test]
    public void A_network_gives_each_of_four_threads_its_own_answer()
    {
        Sequential network = Network();
        AtOnce(thread =>
        {
            (float[] inputs, float[] outputs, int[] expected) = Case(network, thread);
            for (int call = 0; call < Calls; call++)
            {
                network.Predict(inputs, outputs);
                if (!HasBits(outputs, expected))
                    return 1;
            }

            return 0;
        }, wrong => Assert.That(wrong, Is.Zero));
    }

    [Test]
    public void A_predictor_on_four_threads_answers_right_or_throws()
    {
        Sequential network = Network();
        Predictor shared = network.CreatePredictor();
        AtOnce(thread =>
        {
            (float[] inputs, float[] outputs, int[] expected) = Case(network, thread);
            int wrong = 0;
            for (int call = 0; call < Calls; call++)
            {
                try
                {
                    shared.Predict(inputs, outputs);
                    wrong += HasBits(outputs, expected) ? 0 : 1;
                }
                catch (InvalidOperationException)
                {
                    // Another thread uses it.
                }
            }

            return wrong;
        }, wrong => Assert.That(wrong, Is.Zero));
        Assert.That(() => shared.Predict(new float[Inputs], new float[3]), Throws.Nothing, "the predictor serves the next caller");
    }

    [Test]
    public void A_predictor_that_a_part_of_its_network_calls_throws()
    {
        Predictor? own = null;
        var network = new Sequential([1], 0, new Dense(1), new ActivationLayer(new CallingActivation(() => own!.Predict([1f], new float[1])))) { OutputActivation = OutputActivation.None };
        own = network.CreatePredictor();
        Assert.That(() => own.Predict([1f], new float[1]), Throws.InvalidOperationException.With.Message.Contains("in use"));
    }

    [Test]
    public void A_prediction_into_a_span_has_the_bits_of_one_into_a_tensor_and_allocates_nothing([Values(1, 5, 256, 300)] int batch)
    {
        Sequential network = Network();
        float[] inputs = TestValues.Uniform(batch * Inputs, 4), outputs = TestValues.Poison(batch * 3);
        float[] expected = new float[batch * 3];
        network.CreatePredictor(batch).Predict(inputs, expected);
        network.Predict(inputs, outputs);
        Assert.That(TestValues.Bits(outputs), Is.EqualTo(TestValues.Bits(expected)));
        Assert.That(Allocation.Least(() => network.Predict(inputs, outputs)), Is.Zero);
    }

    [Test]
    public void A_prediction_that_does_not_fit_throws_and_the_next_one_works()
    {
        Sequential network = Network();
        Assert.That(() => network.Predict(new float[Inputs + 1], new float[3]), Throws.ArgumentException.With.Message.Contains($"samples of {Inputs} values"));
        Assert.That(() => network.Predict(new float[Inputs], new float[2]), Throws.ArgumentException);
        Assert.That(() => network.Predict(new float[Inputs], new float[3]), Throws.Nothing);
    }

    [Test]
    public void A_trainer_on_two_threads_throws()
    {
        Dataset data = SyntheticDigits.Create(40, 1);
        var trainer = new Trainer(new Sequential([28, 28], 1, new Dense(10)), new SoftmaxCrossEntropy(), new Sgd(0.1f), new Engine(2, SimdWidths.Best));
        Exception? second = null;
        bool isAsked = false;
        trainer.Fit(data, new FitOptions { Epochs = 2, Callbacks = [new OnStep(() =>
        {
            if (isAsked)
                return;
            isAsked = true;
            var thread = new Thread(() => second = Caught(() => trainer.Fit(data)));
            thread.Start();
            thread.Join();
        })] });
        Assert.That(second, Is.InstanceOf<InvalidOperationException>().With.Message.Contains("in use"));
        Assert.That(() => trainer.Fit(data, new FitOptions { Epochs = 1 }), Throws.Nothing, "the trainer goes on afterwards");
    }

    [Test]
    public void A_callback_that_calls_its_trainer_gets_an_exception()
    {
        Dataset data = SyntheticDigits.Create(40, 1);
        var trainer = new Trainer(new Sequential([28, 28], 1, new Dense(10)), new SoftmaxCrossEntropy(), new Sgd(0.1f));
        float[] inputs = new float[784];
        Action[] calls =
        [
            () => trainer.Fit(data),
            () => trainer.TrainStep(new ReadOnlyMatrixView(inputs, 1, 784), (int[])[0]),
            () => trainer.Update(),
            () => trainer.Exchange(default),
            () => trainer.ComputeGradients(trainer.Load(data, [0])),
            () => trainer.FindLearningRate(data),
            () => trainer.Resume("none", data, new FitOptions()),
        ];
        foreach (Action call in calls)
        {
            Assert.That(
                () => trainer.Fit(data, new FitOptions { Epochs = 1, Callbacks = [new OnStep(call)] }),
                Throws.InvalidOperationException.With.Message.Contains("the trainer is in use"));
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_data_set_that_calls_the_trainer_gets_an_exception_on_any_thread([Values(1, 2, 4)] int threads)
    {
        Trainer? trainer = null;
        Dataset plain = SyntheticDigits.Create(2000, 1);
        var calling = new CallingDataset(plain, () => trainer!.TrainStep(new ReadOnlyMatrixView(new float[784], 1, 784), (int[])[0]));
        var network = new Sequential([28, 28], 1, new Dense(128), new Dense(10));
        trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(0.1f), new Engine(threads, SimdWidths.Best));
        Assert.That(() => trainer.Fit(calling, new FitOptions { Epochs = 1, BatchSize = 1000 }), Throws.InvalidOperationException.With.Message.Contains("the trainer is in use"));
        Assert.That(() => trainer.Fit(plain, new FitOptions { Epochs = 1 }), Throws.Nothing);
    }

    private static Sequential Network() =>
        new([Inputs], 1, new Dense(16, Activation.Tanh), new Dense(3)) { OutputActivation = OutputActivation.Softmax };

    private static (float[] Inputs, float[] Outputs, int[] Expected) Case(Sequential network, int thread)
    {
        float[] inputs = TestValues.Uniform(Inputs, (ulong)thread), expected = new float[3];
        network.CreatePredictor().Predict(inputs, expected);
        return (inputs, new float[3], TestValues.Bits(expected));
    }

    private static bool HasBits(float[] values, int[] expected) => MemoryMarshal.Cast<float, int>(values.AsSpan()).SequenceEqual(expected);

    private static InvalidOperationException? Caught(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return exception;
        }
    }

    private static void AtOnce(Func<int, int> work, Action<int> check)
    {
        var results = new ConcurrentQueue<int>();
        var failures = new ConcurrentQueue<Exception>();
        using var start = new Barrier(Threads);
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                results.Enqueue(work(number));
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.That(failures, Is.Empty);
        Assert.That(results, Has.Count.EqualTo(Threads));
        check(results.Sum());
    }

    private sealed class OnStep(Action action) : TrainingCallback
    {
        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress) => action();
    }

    private sealed class CallingDataset(Dataset source, Action call) : Dataset
    {
        public override int Count => source.Count;

        public override Shape SampleShape => source.SampleShape;

        public override int ClassCount => source.ClassCount;

        public override int GetLabel(int index) => source.GetLabel(index);

        public override void CopyFeatures(int index, Span<float> features)
        {
            call();
            source.CopyFeatures(index, features);
        }
    }

    private sealed class CallingActivation(Action call) : Activation(new Settings("calling"))
    {
        public override bool DerivativeNeedsInput => false;

        public override void Apply(ReadOnlySpan<float> input, Span<float> output)
        {
            call();
            input.CopyTo(output);
        }

        public override void Differentiate(ReadOnlySpan<float> argument, Span<float> gradient)
        {
        }
    }
}
