using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using NeuralNetFromScratch.TrainingProcess;

namespace NeuralNetFromScratch.Soak;

/// <summary>What a service would do all day, with every result compared to the bit.</summary>
public sealed class Load
{
    private readonly Dataset _samples = Recipe.Samples();
    private readonly float[] _inputs, _expected;
    private readonly Sequential _shared;
    private long _trainings, _predictions;
    private string? _failure;

    public Load()
    {
        Recipe.CreateTrainer(1, out _shared);
        int length = _shared.InputShape.ElementCount;
        _inputs = new float[300 * length];
        for (int i = 0; i < 300; i++)
            _samples.CopyFeatures(i, _inputs.AsSpan(i * length, length));
        _expected = PredictAll(_shared);
    }

    public long TrainingCount => Interlocked.Read(ref _trainings);

    public long PredictionCount => Interlocked.Read(ref _predictions);

    public string? Failure => _failure;

    public void Fail(string what) => Interlocked.CompareExchange(ref _failure, what, null);

    /// <summary>
    /// Trains again and again, each time cancelled at another step, resumed by a new trainer with another number of threads, saved and
    /// loaded. All end with the same bits.
    /// </summary>
    public void Train(CancellationToken end)
    {
        var random = new Random(1);
        float[]? first = null;
        string folder = Directory.CreateTempSubdirectory("nnfs-soak-").FullName;
        try
        {
            while (!end.IsCancellationRequested)
            {
                string checkpoint = Path.Combine(folder, "run.checkpoint"), model = Path.Combine(folder, "model.safetensors");
                FitOptions options = Recipe.Options(checkpoint);
                using var cancellation = new CancellationTokenSource();
                var canceller = new CancelAtStep(cancellation, random.Next(6, 60));
                try
                {
                    Recipe.CreateTrainer(1, out _).Fit(_samples, options with { Callbacks = [canceller] }, cancellationToken: cancellation.Token);
                }
                catch (OperationCanceledException)
                {
                }

                Recipe.CreateTrainer(2, out Sequential network).Resume(checkpoint, _samples, options, cancellationToken: CancellationToken.None);
                network.Save(model);
                float[] predicted = PredictAll(Sequential.Load(model));
                first ??= predicted;
                Compare(first, predicted, "a training that was cancelled, resumed, saved and loaded");
                foreach (string file in Directory.GetFiles(folder))
                {
                    if (file.EndsWith(".tmp", StringComparison.Ordinal))
                        Fail($"{file} was left behind");
                    File.Delete(file);
                }

                Interlocked.Increment(ref _trainings);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Predicts with the shared network: by a predictor that stays, by new ones, and by the network itself.</summary>
    public void Predict(CancellationToken end)
    {
        Predictor own = _shared.CreatePredictor(64);
        var outputs = new float[_expected.Length];
        for (int round = 0; !end.IsCancellationRequested; round++)
        {
            if (round % 16 == 0)
            {
                Compare(_expected, PredictAll(_shared), "Sequential.Predict");
            }
            else
            {
                (round % 16 == 1 ? _shared.CreatePredictor(7) : own).Predict(_inputs, outputs);
                Compare(_expected, outputs, "Predictor.Predict");
            }

            Interlocked.Add(ref _predictions, 300);
        }
    }

    private float[] PredictAll(Sequential network) =>
        network.Predict(Tensor.Create<float>(_inputs, [300, network.InputShape.ElementCount])).AsMatrix().Span.ToArray();

    private void Compare(float[] expected, float[] actual, string what)
    {
        if (!MemoryMarshal.AsBytes(expected.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(actual.AsSpan())))
            Fail($"{what} gave other bits");
    }

    private sealed class CancelAtStep(CancellationTokenSource cancellation, int step) : TrainingCallback
    {
        private int _steps;

        public override void OnStepEnd(TrainingRun run, in TrainingProgress progress)
        {
            if (++_steps == step)
                cancellation.Cancel();
        }
    }
}
