namespace NeuralNetFromScratch.Compute;

/// <summary>What a sum over the rows adds up, for some columns at once.</summary>
internal interface IRowTerm<TSimd>
{
    TSimd At(int row);
}
