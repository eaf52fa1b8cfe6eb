using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <content>Sparse rows: the same formulas, with the products of the elements that are not stored left out.</content>
public partial class Dense : ISparseLayer
{
    // Explicit, because overload resolution would otherwise prefer these methods to the overrides in a call with a dense matrix.
    void ISparseLayer.Forward(in LayerContext context, BatchView input, MatrixView output)
    {
        if (input.IsDense)
        {
            Forward(context, input.Dense, output);
            return;
        }

        context.CheckForward(this, input, output, Units);
        // Z = X·W + b, A = f(Z)
        bool keepsZ = context.IsTraining && Activation.DerivativeNeedsInput;
        MatrixView z = keepsZ ? new(context.ScratchOf(this, output.Span.Length), output.Rows, Units) : output;
        BatchProduct.Multiply(context.Engine, input, WeightsOf(context, input), Biases(context), z);
        Activation.ApplyWith(context.Engine, z.Span, output.Span);
    }

    void ISparseLayer.Backward(in LayerContext context, BatchView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView denseGradient)
    {
        if (input.IsDense)
        {
            Backward(context, input.Dense, output, outputGradient, denseGradient);
            return;
        }

        context.CheckBackward(this, input, output, outputGradient, denseGradient, Units);
        // dZ = dA ∘ f', db = Σ dZ; dW = Xᵀ·dZ; dX = dZ·Wᵀ
        DifferentiateAndSum(context, output, outputGradient);
        Parameter weight = context.ListedParameter(this, Weight, checked(input.Columns * Units));
        MatrixView weightGradient = new(weight.KnownGradients, input.Columns, Units);
        BatchProduct.MultiplyTransposed(context.Engine, input, outputGradient, weightGradient, context.Accumulate, weight.GradientRows);
        if (denseGradient.Rows > 0)
        {
            ReadOnlyMatrixView weights = WeightsOf(context, input).SliceRows(0, denseGradient.Columns);
            context.Engine.Multiply(outputGradient, weights.Transposed, denseGradient);
        }
    }

    /// <summary>Returns the weights. In a training, only the rows that the batch reads have all updates.</summary>
    private ReadOnlyMatrixView WeightsOf(in LayerContext context, BatchView input)
    {
        if (!context.IsTraining)
            return Weights(context, input.Columns);
        Parameter weight = context.ListedParameter(this, Weight, checked(input.Columns * Units));
        weight.Deferred?.Complete(context.Engine, input.Sparse, input.Dense.Columns);
        return new(weight.KnownValues, input.Columns, Units);
    }
}
