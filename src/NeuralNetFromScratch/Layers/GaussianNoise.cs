using System.Globalization;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Adds normally distributed noise while training, <c>y = x + σ·n</c>, and does nothing otherwise. Which noise depends on the training's
/// seed, the step, the sample's place in it and the value's place alone. The gradient passes through.
/// </summary>
public sealed unsafe class GaussianNoise : Layer
{
    /// <summary>Fewest values that are worth waking a worker for.</summary>
    private const int GrainSize = 1024;

    /// <summary>Noise.</summary>
    /// <param name="standardDeviation">σ; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="standardDeviation"/> is negative or not finite.</exception>
    public GaussianNoise(float standardDeviation)
        : base(new Settings("noise", new Setting("standardDeviation", standardDeviation)))
    {
        if (!float.IsFinite(standardDeviation) || standardDeviation < 0)
            throw new ArgumentOutOfRangeException(nameof(standardDeviation), standardDeviation, "the standard deviation must be finite and not negative");
        StandardDeviation = standardDeviation;
    }

    /// <summary>σ.</summary>
    public float StandardDeviation { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        if (!context.IsTraining || StandardDeviation == 0)
        {
            input.Span.CopyTo(output.Span);
            return;
        }

        int columns = input.Span.Length / Math.Max(context.Rows, 1);
        fixed (float* x = input.Span, y = output.Span)
        {
            var job = new NoiseJob(x, y, context.Rows, columns, StandardDeviation, context.Random, context.SampleOffset);
            context.Engine.Run(job, context.Engine.WorkersFor(input.Span.Length, GrainSize));
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        if (inputGradient.Rows > 0)
            outputGradient.Span.CopyTo(inputGradient.Span);
    }
}
