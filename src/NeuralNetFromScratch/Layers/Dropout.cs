using System.Numerics.Tensors;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Sets each value to 0 with a given probability while training, and multiplies the others by <c>1 / (1 − rate)</c>, so that the mean
/// stays; does nothing otherwise (Srivastava et al. 2014, in the inverted form). Which values depends on the training's seed, the step,
/// the sample's place in it and the value's place alone. Backward multiplies the gradient by the same factors.
/// </summary>
public sealed unsafe class Dropout : Layer
{
    /// <summary>Fewest values that are worth waking a worker for.</summary>
    private const int GrainSize = 2048;

    /// <summary>Dropout.</summary>
    /// <param name="rate">Probability of a value to be dropped, at least 0 and less than 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rate"/> lies outside its range.</exception>
    public Dropout(float rate)
        : base(new Settings("dropout", new Setting("rate", rate)))
    {
        if (rate is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "the rate must be at least 0 and less than 1");
        Rate = rate;
    }

    /// <summary>Probability of a value to be dropped.</summary>
    public float Rate { get; }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override ScratchSize Scratch(Shape inputShape, int rows) => new(checked(rows * inputShape.ElementCount));

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        if (!context.IsTraining)
        {
            input.Span.CopyTo(output.Span);
            return;
        }

        int columns = input.Span.Length / Math.Max(context.Rows, 1);
        fixed (float* x = input.Span, y = output.Span, factors = context.Scratch)
        {
            var job = new DropoutJob(x, y, factors, context.Rows, columns, Rate, context.Random, context.SampleOffset);
            context.Engine.Run(job, context.Engine.WorkersFor(input.Span.Length, GrainSize));
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        if (inputGradient.Rows > 0)
            TensorPrimitives.Multiply(outputGradient.Span, context.Scratch[..outputGradient.Span.Length], inputGradient.Span);
    }
}
